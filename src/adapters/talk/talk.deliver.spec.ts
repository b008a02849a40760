import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { fromPlain } from '../../formatting/plain.js';
import type { MessageDeleted, MessageSent } from '../../model/bridge-event.js';
import { BridgeError, RoomClosed, ShardLost } from '../../model/errors.js';
import { accountId, deliveryId, deliveryKey, remoteId, roomId, userId } from '../../model/ids.js';
import type { Copy, DeliveryRequest } from '../../model/network-adapter.js';
import type { Fault } from '../../sandbox/fault-script.js';

const signal = new AbortController().signal;
const elsewhere = accountId('elsewhere');
const there = { account: elsewhere, id: roomId('!there') };
const eve = { account: elsewhere, id: userId('@eve:there'), name: 'Eve', standing: 'person' as const };
const happened = { room: there, actor: eve, at: '2026-11-21T10:00:00.000Z' };
const sent: MessageSent = {
  ...happened,
  kind: 'messageSent',
  message: { room: there, id: remoteId('$1') },
  body: fromPlain('hello'),
  files: [],
  style: 'text',
};
const deleted: MessageDeleted = { ...happened, kind: 'messageDeleted', message: sent.message, version: '2' };

describe('talk.deliver', () => {
  let at: TalkAtSandbox;
  let made: Copy[];

  const requestFor = <E extends MessageSent | MessageDeleted>(
    event: E,
    more: Partial<DeliveryRequest<E>> = {},
  ): DeliveryRequest<E> => ({
    delivery: deliveryId('019aa61f-48c6-7727-90cc-17f7c19d6744'),
    room: at.room,
    event,
    speaker: {
      as: 'relay',
      person: eve,
      networkLabel: 'Matrix',
      profile: { name: 'Eve' },
      openAvatar: () => Promise.reject(new Error('none')),
    },
    target: [],
    made: [],
    key: (part) => deliveryKey(`key-of-part-${part}`.padEnd(46, 'x')),
    onMade: (copy) => made.push(copy),
    onGone: () => undefined,
    beforeSend: () => undefined,
    ...more,
  });
  const say = (more: Partial<DeliveryRequest<MessageSent>> = {}): Promise<void> =>
    at.adapter.deliver.messageSent.send(requestFor(more.event ?? sent, more), signal);
  const copyOf = (id: number, part = 0): Copy => ({ part, id: remoteId(String(id)) });
  const rows = (): readonly Record<string, unknown>[] => at.talk.messages(at.token, 'alice');

  beforeEach(async () => {
    at = await talkAtSandbox();
    made = [];
  });

  afterEach(async () => {
    await at.close();
  });

  it('a reply quotes what it answers', async () => {
    const id = at.talk.post(at.token, 'bob', 'question?');
    await say({ replyTo: copyOf(id) });
    expect(rows().at(-1)).toMatchObject({ message: '**Eve** (Matrix): hello', parent: { id } });
  });

  it('a reply to what was deleted meanwhile is said without it', async () => {
    const id = at.talk.post(at.token, 'bob', 'question?');
    at.talk.remove(at.token, 'bob', id);
    await say({ replyTo: copyOf(id) });
    expect(rows().at(-1)).toMatchObject({ message: '**Eve** (Matrix): hello' });
    expect(made).toHaveLength(1);
  });

  it('a silent message is silent there too', async () => {
    await say({ event: { ...sent, attention: 'silent' } });
    expect(rows().at(-1)).toMatchObject({ silent: true });
  });

  it('a closed room says why: read-only, lobby, gone', async () => {
    const reasonNow = async (): Promise<unknown> => {
      const error: unknown = await say().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RoomClosed);
      return (error as RoomClosed).reason;
    };
    at.talk.setReadOnly(at.token, true);
    expect(await reasonNow()).toBe('readOnly');
    at.talk.setReadOnly(at.token, false);
    at.talk.removeMember(at.token, 'alice', 'bob');
    expect(await reasonNow()).toBe('gone');
    at.talk.addMember(at.token, 'alice', 'bob');
    at.talk.setLobby(at.token, true);
    expect(await reasonNow()).toBe('lobby');
    at.talk.setLobby(at.token, false);
    await say();
    expect(made).toHaveLength(1);
  });

  it('deletes every part, and what is deleted already is as it should be', async () => {
    await say();
    await say();
    const ids = made.map((copy) => Number(copy.id));
    const target = ids.map(copyOf);
    const remove = () => at.adapter.deliver.messageDeleted.send(requestFor(deleted, { target }), signal);
    await remove();
    expect(
      rows()
        .filter((row) => ids.includes(row['id'] as number))
        .map((row) => row['messageType']),
    ).toEqual(['comment_deleted', 'comment_deleted']);
    await remove();
    await at.adapter.deliver.messageDeleted.send(requestFor(deleted, { target: [copyOf(999_999)] }), signal);
    expect(at.talk.ledger.entries(at.token).filter(({ kind }) => kind === 'deletion')).toHaveLength(2);
  });

  it('does not delete where it may not write any more', async () => {
    await say();
    const target = made;
    const beforeSend = (): void => {
      throw new ShardLost('another replica has it');
    };
    const request = requestFor(deleted, { target, beforeSend });
    await expect(at.adapter.deliver.messageDeleted.send(request, signal)).rejects.toBeInstanceOf(ShardLost);
    expect(at.talk.ledger.entries(at.token).filter(({ kind }) => kind === 'deletion')).toEqual([]);
  });

  it('whether it may write is asked when a connection is ready, not while one is waited for', async () => {
    const order: string[] = [];
    const { faults } = at.talk;
    const next = faults.next.bind(faults);
    faults.next = (method, path) => {
      if (method === 'POST') order.push('arrived');
      return next(method, path);
    };
    await say({ beforeSend: () => order.push('asked') });
    expect(order).toEqual(['asked', 'arrived']);
  });

  it('with a look before each repetition every message is there once, in order, whatever happens to the requests', async () => {
    const faults: (Fault | undefined)[] = [
      undefined,
      { do: 'acceptThenDrop' },
      { do: 'drop' },
      { do: 'truncate' },
      { do: 'html' },
      { do: 'answer', status: 500 },
      { do: 'answer', status: 429, headers: { 'retry-after': '0' } },
      { do: 'answer', status: 200, body: '{"ocs":{"data":null}}' },
      { do: 'answer', status: 412, body: '{}' },
      { do: 'slow', delayMs: 5 },
    ];
    const keys = Array.from({ length: 80 }, (_, index) => deliveryKey(`message-${index}-`.padEnd(46, 'x')));
    for (const [index, key] of keys.entries()) {
      const fault = faults[(index * 7) % faults.length];
      if (fault !== undefined)
        at.talk.faults.add({ method: 'POST', path: `/chat/${at.token}$`, times: 1 + (index % 3), fault });
      const since = new Date();
      const request = requestFor(sent, { key: () => key });
      for (let isDone = false; !isDone;) {
        const error: unknown = await at.adapter.deliver.messageSent
          .send(request, signal)
          .catch((reason: unknown) => reason);
        isDone = error === undefined;
        if (isDone) break;
        expect(error).toBeInstanceOf(BridgeError);
        if ((error as BridgeError).failure.certainty === 'notSent') continue;
        const partOf = (found: string): number | undefined => (found === key ? 0 : undefined);
        const [outcome] = await at.adapter.wasDone([{ ...request, partOf }], since, signal);
        isDone = outcome?.done !== 'notFound';
      }
      at.talk.faults.clear();
    }
    const written = at.talk.ledger.entries(at.token).filter(({ kind }) => kind === 'message');
    expect(written.map((entry) => entry.key)).toEqual(keys);
  });

  it('nothing was sent where no connection came about', async () => {
    await at.talk.stop();
    // An open connection may be found broken only by writing into it.
    await say().catch(() => undefined);
    const asked: string[] = [];
    await expect(say({ beforeSend: () => asked.push('asked') })).rejects.toMatchObject({
      code: 'networkUnavailable',
      failure: { certainty: 'notSent' },
    });
    expect(asked).toEqual([]);
  });
});
