import { Reader, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';

describe('talk.supplements', () => {
  let at: TalkAtSandbox;

  beforeEach(async () => {
    at = await talkAtSandbox();
  });
  afterEach(() => at.close());

  const ask = async (method: string, path: string, body: object): Promise<void> => {
    const login = Buffer.from(`alice:${at.talk.accounts.issueAppPassword('alice')}`).toString('base64');
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
    const adapter = at.make({ user, password: at.talk.accounts.issueAppPassword(user) });
    await adapter.connect(new AbortController().signal);
    return new Reader(adapter, adapter.pulling, at.room).begin();
  };
  const left = (reader: Reader) =>
    reader
      .results()
      .flatMap((result) => ('events' in result ? result.events : []))
      .flatMap((event) => (event.kind === 'memberLeft' ? [`${event.member.id} ${event.how}`] : []));

  it('who went by a ban is banned where our account is a moderator, and merely removed where it may not see that', async () => {
    at.talk.rooms.promote(at.token, 'bob');
    at.talk.accounts.add({ id: 'dora', password: 'pw' });
    at.talk.rooms.addMember(at.token, 'dora', 'alice');
    const moderator = await readBy('bob');
    const member = await readBy('dora');
    await ban('carol');
    await moderator.read();
    await member.read();
    expect([left(moderator), left(member)]).toEqual([['users/carol banned'], ['users/carol removed']]);
  });

  it('who is removed without one is removed', async () => {
    at.talk.rooms.promote(at.token, 'bob');
    const reader = await readBy('bob');
    at.talk.rooms.removeMember(at.token, 'carol', 'alice');
    await reader.read();
    expect(left(reader)).toEqual(['users/carol removed']);
  });

  it('an edit of a reply knows what that answers, also where the reply was written before we read', async () => {
    const asked = at.talk.post(at.token, 'alice', 'who has the keys?');
    const old = at.talk.post(at.token, 'alice', 'me', { replyTo: asked });
    const reader = await readBy('bob');
    at.talk.edit(at.token, 'alice', old, 'I do');
    const fresh = at.talk.post(at.token, 'carol', 'no, me', { replyTo: asked });
    at.talk.edit(at.token, 'carol', fresh, 'no, I do');
    at.talk.edit(at.token, 'alice', asked, 'who?');
    await reader.read();
    const edits = reader
      .results()
      .flatMap((result) => ('events' in result ? result.events : []))
      .flatMap((event) => (event.kind === 'messageEdited' ? [event] : []));
    expect(edits.map(({ replyTo, quoted }) => [replyTo?.id, quoted?.name])).toEqual([
      [String(asked), 'alice'],
      [String(asked), 'alice'],
      [undefined, undefined],
    ]);
  });
});
