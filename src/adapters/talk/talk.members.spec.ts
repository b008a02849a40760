import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { happened, message, requested } from '../../../test/contract/talk-requests.js';
import type {
  BridgeEvent,
  MemberJoined,
  MemberLeft,
  MessageSent,
  RoleChanged,
  RoomState,
} from '../../model/bridge-event.js';
import { MessageRefused } from '../../model/errors.js';
import { accountId, userId, type UserRef } from '../../model/ids.js';

const signal = new AbortController().signal;
const inLine: MessageSent = {
  ...happened,
  kind: 'messageSent',
  message,
  body: [{ type: 'paragraph', content: [{ type: 'text', text: 'Eve (Matrix) did it' }] }],
  files: [],
  style: 'notice',
  attention: 'silent',
};
const who = (name: string): UserRef => ({
  account: accountId('home'),
  id: userId(`users/${name}`),
  name,
  standing: 'person',
});

describe('talk.members', () => {
  let at: TalkAtSandbox;

  beforeEach(async () => {
    at = await talkAtSandbox();
    at.talk.accounts.add({ id: 'dora', password: 'pw' });
  });
  afterEach(() => at.close());

  const ask = async (path: string): Promise<Record<string, unknown>[]> => {
    const login = Buffer.from(`alice:${at.talk.accounts.issueAppPassword('alice')}`).toString('base64');
    const answer = await fetch(`${at.talk.url}/ocs/v2.php/apps/spreed/api/${path}`, {
      headers: { authorization: `Basic ${login}`, 'ocs-apirequest': 'true', accept: 'application/json' },
    });
    const { ocs } = (await answer.json()) as { ocs: { data: Record<string, unknown>[] } };
    return ocs.data;
  };
  /** `alice 1`: the person and the participant type. */
  const people = async () =>
    (await ask(`v4/room/${at.token}/participants`)).map(
      ({ actorId, participantType }) => `${String(actorId)} ${String(participantType)}`,
    );
  const said = async () =>
    (await ask(`v1/chat/${at.token}?lookIntoFuture=0`)).flatMap(({ message: text, systemMessage }) =>
      systemMessage === '' ? [text] : [],
    );
  const send = async (event: BridgeEvent, adapter = at.adapter): Promise<void> => {
    const entry = adapter.deliver[event.kind as 'memberLeft'];
    const { request } = requested(at, event as MemberLeft, { inLine });
    await entry.send({ ...request, speaker: { ...request.speaker, as: 'bridge' } }, signal);
  };
  const joined = (name: string): MemberJoined => ({ ...happened, kind: 'memberJoined', member: who(name) });
  const left = (name: string, how: MemberLeft['how']): MemberLeft => ({
    ...happened,
    kind: 'memberLeft',
    member: who(name),
    how,
  });
  const role = (name: string, to: RoleChanged['role']): RoleChanged => ({
    ...happened,
    kind: 'roleChanged',
    member: who(name),
    role: to,
  });
  const rules = (change: RoomState): BridgeEvent => ({ ...happened, kind: 'roomChanged', change });

  it('who came into a linked room is added, and may be added again', async () => {
    await send(joined('dora'));
    await send(joined('dora'));
    expect(await people()).toEqual(['alice 1', 'bob 3', 'carol 3', 'dora 3']);
    expect(await said()).toEqual([]);
  });

  it('who was removed is removed, and who was banned is banned', async () => {
    await send(left('bob', 'removed'));
    await send(left('bob', 'removed'));
    await send(left('carol', 'banned'));
    await send(left('carol', 'banned'));
    expect(await people()).toEqual(['alice 1']);
    expect((await ask(`v1/ban/${at.token}`)).map(({ bannedActorId }) => bannedActorId)).toEqual(['carol']);
  });

  it('who became a moderator is one, until he is none', async () => {
    await send(role('bob', 'moderator'));
    await send(role('bob', 'moderator'));
    expect(await people()).toContain('bob 2');
    await send(role('bob', 'member'));
    await send(role('bob', 'member'));
    expect(await people()).toContain('bob 3');
    expect(await said()).toEqual([]);
  });

  it('a room is closed to words, and opened again', async () => {
    await send(rules({ of: 'writing', state: 'stopped', why: 'readOnly' }));
    expect((await ask('v4/room')).find(({ token }) => token === at.token)).toMatchObject({ readOnly: 1 });
    await send(rules({ of: 'writing', state: 'resumed', why: 'readOnly' }));
    await send(rules({ of: 'expiration', afterMs: 3_600_000 }));
    expect((await ask('v4/room')).find(({ token }) => token === at.token)).toMatchObject({
      readOnly: 0,
      messageExpiration: 3600,
    });
  });

  it('what our account may not do is told in a line', async () => {
    const bob = at.make({ user: 'bob', password: at.talk.accounts.issueAppPassword('bob') });
    await bob.connect(signal);
    for (const event of [
      joined('dora'),
      left('carol', 'removed'),
      left('carol', 'banned'),
      role('carol', 'moderator'),
      rules({ of: 'writing', state: 'stopped', why: 'readOnly' }),
    ]) {
      await send(event, bob);
    }
    expect(await people()).toEqual(['alice 1', 'bob 3', 'carol 3']);
    expect(await said()).toEqual(Array(5).fill('Eve (Matrix) did it'));
  });

  it('the account that bridges neither leaves, nor bans or demotes itself, whoever is known by it', async () => {
    at.talk.rooms.promote(at.token, 'bob');
    for (const event of [left('alice', 'removed'), left('alice', 'banned'), role('alice', 'member')]) await send(event);
    expect(await people()).toEqual(['alice 1', 'bob 2', 'carol 3']);
    expect(await said()).toEqual(Array(3).fill('Eve (Matrix) did it'));
  });

  it('somebody whom Talk cannot add is told of in a line; without one, it is refused', async () => {
    const bot: MemberJoined = { ...joined('x'), member: { ...who('x'), id: userId('bots/x') } };
    await send(bot);
    await send(joined('nobody-here'));
    expect(await said()).toEqual(['Eve (Matrix) did it', 'Eve (Matrix) did it']);
    await expect(at.adapter.deliver.memberJoined.send(requested(at, bot).request, signal)).rejects.toBeInstanceOf(
      MessageRefused,
    );
  });
});
