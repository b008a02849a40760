import { skeleton } from '../../formatting/look-alike.js';
import { accountId, userId } from '../../model/ids.js';
import { type Named, shownName } from './talk.guest-names.js';

const mia = (name: string, handle?: string): Named => ({
  person: { account: accountId('hs'), id: userId('@mia:there'), name, standing: 'person' },
  profile: { name, ...(handle === undefined ? {} : { handle }) },
  networkLabel: 'Matrix',
});
const taken = (...names: string[]): ReadonlySet<string> => new Set(names.map(skeleton));

describe('shownName', () => {
  it('a name has its network behind it', () => {
    expect(shownName(mia('Mia'), taken('Anna'))).toBe('Mia (Matrix)');
  });

  it('one that is, or looks like, somebody’s of the room has the handle with it', () => {
    expect(shownName(mia('Anna'), taken('Anna'))).toBe('Anna [@mia:there] (Matrix)');
    expect(shownName(mia('Αnna', '@mia'), taken('anna'))).toBe('Αnna [@mia] (Matrix)');
    expect(shownName(mia('Mia'), taken('Mia (Matrix)'))).toBe('Mia [@mia:there] (Matrix)');
  });

  it('one that was told apart already has it once', () => {
    expect(shownName(mia('Anna [@mia:there]'), taken('Anna [@mia:there]'))).toBe('Anna [@mia:there] (Matrix)');
  });

  it('what cannot be seen or does not fit is left out; there is always a name', () => {
    expect(shownName(mia('\u202eM\u200bia\n'), taken())).toBe('Mia (Matrix)');
    expect(shownName(mia(' '), taken())).toBe('Someone (Matrix)');
    expect(shownName(mia('long '.repeat(100), `@${'x'.repeat(500)}`), taken('long '.repeat(100))).length).toBeLessThan(
      251,
    );
  });
});
