import { memoryStore } from '../../../test/contract/talk-at-sandbox.js';
import { UsedFolders } from './talk.used-folders.js';

describe('talk: below which folders files of users were put', () => {
  const known = new Set<string>();
  const isKnown = (user: string): Promise<boolean> => Promise.resolve(known.has(user));

  it('is remembered across restarts, each folder once, for each user', async () => {
    const store = memoryStore();
    const folders = new UsedFolders(store, isKnown);
    for (const folder of ['/Talk', '/Mine', '/Talk']) await folders.note('bob', folder);
    await folders.note('alice', '/');
    const again = new UsedFolders(store, isKnown);
    await again.note('bob', '/Mine');
    expect([...(await again.of('bob'))].sort()).toEqual(['/Mine', '/Talk']);
    expect(await again.of('alice')).toEqual(['/']);
    expect(await again.of('bo')).toEqual([]);
  });

  it('is forgotten of who is nobody to us any more, and written down again when they come back', async () => {
    known.add('alice').add('bob');
    const folders = new UsedFolders(memoryStore(), isKnown);
    for (const user of known) await folders.note(user, '/Talk');
    known.delete('bob');
    await folders.clean();
    expect([await folders.of('alice'), await folders.of('bob')]).toEqual([['/Talk'], []]);
    await folders.note('bob', '/Talk');
    expect(await folders.of('bob')).toEqual(['/Talk']);
  });
});
