import { Reader, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';

describe('talk.supplements: who went by a ban', () => {
  let at: TalkAtSandbox;

  beforeEach(async () => {
    at = await talkAtSandbox();
  });
  afterEach(() => at.close());

  const ask = async (method: string, path: string, body: object): Promise<void> => {
    const login = Buffer.from(`alice:${at.talk.issueAppPassword('alice')}`).toString('base64');
    const answer = await fetch(`${at.talk.url}/ocs/v2.php/apps/spreed/api/${path}`, {
      method,
      headers: {
        authorization: `Basic ${login}`,
        'ocs-apirequest': 'true',
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${String(answer.status)}`);
  };
  const ban = (user: string) => ask('POST', `v1/ban/${at.token}`, { actorType: 'users', actorId: user });
  /** As the account of somebody else reads it. */
  const readBy = async (user: string): Promise<Reader> => {
    const adapter = at.make({ user, password: at.talk.issueAppPassword(user) });
    await adapter.connect(new AbortController().signal);
    return new Reader(adapter, adapter.pulling, at.room).begin();
  };
  const left = (reader: Reader) =>
    reader
      .results()
      .flatMap((result) => ('events' in result ? result.events : []))
      .flatMap((event) => (event.kind === 'memberLeft' ? [`${event.member.id} ${event.how}`] : []));

  it('is banned where our account is a moderator, and merely removed where it may not see that', async () => {
    at.talk.promote(at.token, 'bob');
    at.talk.addUser({ id: 'dora', password: 'pw' });
    at.talk.addMember(at.token, 'dora', 'alice');
    const moderator = await readBy('bob');
    const member = await readBy('dora');
    await ban('carol');
    await moderator.read();
    await member.read();
    expect([left(moderator), left(member)]).toEqual([['users/carol banned'], ['users/carol removed']]);
  });

  it('who is removed without one is removed', async () => {
    at.talk.promote(at.token, 'bob');
    const reader = await readBy('bob');
    at.talk.removeMember(at.token, 'carol', 'alice');
    await reader.read();
    expect(left(reader)).toEqual(['users/carol removed']);
  });
});
