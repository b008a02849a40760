import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { NetworkUnavailable, RoomClosed } from '../../model/errors.js';

const signal = new AbortController().signal;

describe('talk.rooms', () => {
  let at: TalkAtSandbox;
  const resolve = (wanted: Parameters<TalkAtSandbox['adapter']['resolveRoom']>[0], link = 'team') =>
    at.adapter.resolveRoom(wanted, link, signal);
  const members = (token: string): string[] => [...(at.talk.state.rooms.get(token)?.attendees.keys() ?? [])];

  beforeEach(async () => {
    at = await talkAtSandbox();
  });

  afterEach(async () => {
    await at.close();
  });

  it('a room of ours is found by its token and by the address of its page', async () => {
    expect(await resolve({ room: at.token })).toBe(at.token);
    expect(await resolve({ room: `${at.talk.url}/index.php/call/${at.token}` })).toBe(at.token);
  });

  it('an open room is joined', async () => {
    const token = at.talk.rooms.create({ name: 'Square', owner: 'bob', type: 'public' });
    expect(await resolve({ room: token })).toBe(token);
    expect(members(token)).toContain('users/alice');
  });

  it('a room that is not open says who must do what', async () => {
    const token = at.talk.rooms.create({ name: 'Closed', owner: 'bob' });
    await expect(resolve({ room: token })).rejects.toMatchObject({ code: 'roomClosed', reason: 'notJoined' });
    await expect(resolve({ room: token })).rejects.toThrow('a moderator must add it');
    await expect(resolve({ room: 'not a room' })).rejects.toBeInstanceOf(RoomClosed);
  });

  it('what is the account’s own, or is over, is not linked, and the reason is told', async () => {
    at.talk.accounts.listRooms('alice');
    const others = [{ type: 5 }, { objectType: 'sample' }, { objectType: 'share:password', objectId: 'x' }];
    for (const kind of others) {
      const token = at.talk.rooms.create({ name: 'Other', owner: 'alice' });
      Object.assign(at.talk.state.rooms.get(token) ?? {}, kind);
    }
    const own = at.talk.state.rooms.all().filter(({ token }) => token !== at.token);
    const reasons: string[] = [];
    for (const { token } of own) {
      const failure = await resolve({ room: token }).catch((error: unknown) => String(error));
      reasons.push(failure.replace(token, 'TOKEN'));
    }
    expect(reasons.sort()).toEqual([
      'RoomClosed: room TOKEN cannot be linked: it is for the account’s own notes',
      'RoomClosed: room TOKEN cannot be linked: it is made for one visitor who asks for the password of a share, and ends with that',
      'RoomClosed: room TOKEN cannot be linked: it is the example that every new account gets',
      'RoomClosed: room TOKEN cannot be linked: it is where Nextcloud tells the account of its news',
      'RoomClosed: room TOKEN cannot be linked: it was a conversation of two, of whom one is no more: nobody can write there',
    ]);
  });

  it('a room is made once for a link, however often it is asked for', async () => {
    const create = { name: 'Made', invite: ['bob', 'users/carol'] };
    const token = await resolve({ create });
    expect(await resolve({ create })).toBe(token);
    expect(await resolve({ create: { ...create, name: 'Renamed' } })).toBe(token);
    expect(await resolve({ create }, 'team2')).not.toBe(token);
    expect(at.talk.state.rooms.get(token)).toMatchObject({ name: 'Made' });
    expect(members(token)).toEqual(['users/alice', 'users/bob', 'users/carol']);
  });

  it('a room whose making was not answered is found, not made again', async () => {
    at.talk.faults.add({ method: 'POST', path: '/v4/room$', fault: { do: 'acceptThenDrop' } });
    const create = { name: 'Made', invite: [] };
    await expect(resolve({ create })).rejects.toBeInstanceOf(NetworkUnavailable);
    const token = await resolve({ create });
    expect(at.talk.state.rooms.get(token)).toMatchObject({ name: 'Made', description: 'Linked by Crosstalk: "team"' });
    expect(await resolve({ create })).toBe(token);
  });

  it('somebody unknown on the list of invitations does not stop the others', async () => {
    const token = await resolve({ create: { name: 'Made', invite: ['nobody', 'bob'] } });
    expect(members(token)).toEqual(['users/alice', 'users/bob']);
    expect(at.logged).toContainEqual({
      fields: { room: token, invited: 'nobody' },
      event: 'nobody to invite by that name',
    });
  });
});
