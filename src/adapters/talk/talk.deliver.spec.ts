import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf, happened, keyOf, message, requested } from '../../../test/contract/talk-requests.js';
import { fromPlain } from '../../formatting/plain.js';
import type { MessageDeleted, MessageEdited, MessageSent } from '../../model/bridge-event.js';
import { BridgeError, MessageRefused, RoomClosed, ShardLost, TargetGone } from '../../model/errors.js';
import { deliveryKey, roomId } from '../../model/ids.js';
import type { Copy, DeliveryRequest } from '../../model/network-adapter.js';
import type { Fault } from '../../sandbox/fault-script.js';

const signal = new AbortController().signal;
const sent: MessageSent = {
  ...happened,
  kind: 'messageSent',
  message,
  body: fromPlain('hello'),
  files: [],
  style: 'text',
};
const edited: MessageEdited = {
  ...happened,
  kind: 'messageEdited',
  message,
  body: fromPlain('hello again'),
  style: 'text',
  version: '2',
};
const deleted: MessageDeleted = { ...happened, kind: 'messageDeleted', message, version: '2' };

describe('talk.deliver', () => {
  let at: TalkAtSandbox;
  let made: Copy[];

  const say = async (more: Partial<DeliveryRequest<MessageSent>> = {}): Promise<void> => {
    const asked = requested(at, more.event ?? sent, more);
    try {
      await at.adapter.deliver.messageSent.send(asked.request, signal);
    } finally {
      made.push(...asked.made);
    }
  };
  const remove = (target: readonly Copy[], more: Partial<DeliveryRequest<MessageDeleted>> = {}): Promise<void> =>
    at.adapter.deliver.messageDeleted.send(requested(at, deleted, { target, ...more }).request, signal);
  /** Edits, and answers what was made and what is gone. */
  const edit = async (target: readonly Copy[], text: string, more: Partial<DeliveryRequest<MessageEdited>> = {}) => {
    const event = { ...edited, body: fromPlain(text) };
    const { request, ...told } = requested(at, event, { target, ...more });
    await at.adapter.deliver.messageEdited.send(request, signal);
    return told;
  };
  const rows = (): readonly Record<string, unknown>[] => at.talk.messages(at.token, 'alice');

  /** So many parts. */
  const long = (parts: number): string => 'word '.repeat((32_000 / 5) * (parts - 1)) + 'end';
  /** The adapter's account becomes an ordinary member. */
  const asMember = (): void => {
    const token = at.talk.rooms.create({ name: 'Theirs', owner: 'bob', members: ['alice'] });
    at = { ...at, token, room: roomId(token) };
  };

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

  describe('while Talk cannot tell its signaling server, and refuses what it stores', () => {
    const talkWithoutSignaling = { backends: { signaling: { url: 'http://127.0.0.1:1', secret: 'secret' } } };
    const said = () => rows().filter((row) => row['systemMessage'] === '');

    beforeEach(async () => {
      await at.close();
      at = await talkAtSandbox(talkWithoutSignaling);
    });

    it('what is said stands there once, and is known', async () => {
      const id = at.talk.post(at.token, 'bob', 'question?');
      await say({ replyTo: copyOf(id) });
      expect(said().map((row) => row['message'])).toEqual(['question?', '**Eve** (Matrix): hello']);
      expect(made.map((copy) => copy.id)).toEqual([String(said().at(-1)?.['id'])]);
      expect(said().at(-1)).toMatchObject({ parent: { id } });
    });

    it('where it cannot be seen whether it stands there, nothing is said again before it can', async () => {
      at.talk.faults.add({ method: 'GET', path: '/chat/', fault: { do: 'answer', status: 503 } });
      await expect(say()).rejects.toMatchObject({ failure: { certainty: 'unknownAfterDisconnect' } });
      expect(said()).toHaveLength(1);
    });
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

  it('a notice is silent too, and the bridge itself speaks without a name', async () => {
    await say({ event: { ...sent, style: 'notice' } });
    expect(rows().at(-1)).toMatchObject({ silent: true });
    const { speaker } = requested(at, sent).request;
    await say({ event: { ...sent, style: 'notice', attention: 'silent' }, speaker: { ...speaker, as: 'bridge' } });
    expect(rows().at(-1)).toMatchObject({ silent: true, message: 'hello' });
  });

  it('a closed room says why: read-only, lobby, gone', async () => {
    const reasonNow = async (): Promise<unknown> => {
      const error: unknown = await say().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RoomClosed);
      return (error as RoomClosed).reason;
    };
    at.talk.rooms.setReadOnly(at.token, true);
    expect(await reasonNow()).toBe('readOnly');
    at.talk.rooms.setReadOnly(at.token, false);
    at.talk.rooms.removeMember(at.token, 'alice', 'bob');
    expect(await reasonNow()).toBe('gone');
    at.talk.rooms.addMember(at.token, 'alice', 'bob');
    at.talk.rooms.setLobby(at.token, true);
    expect(await reasonNow()).toBe('lobby');
    at.talk.rooms.setLobby(at.token, false);
    await say();
    expect(made).toHaveLength(1);
  });

  it('deletes every part, and what is deleted already is as it should be', async () => {
    await say();
    await say();
    const ids = made.map((copy) => Number(copy.id));
    const target = ids.map(copyOf);
    await remove(target);
    expect(
      rows()
        .filter((row) => ids.includes(row['id'] as number))
        .map((row) => row['messageType']),
    ).toEqual(['comment_deleted', 'comment_deleted']);
    await remove(target);
    await remove([copyOf(999_999)]);
    expect(at.talk.ledger.entries(at.token).filter(({ kind }) => kind === 'deletion')).toHaveLength(2);
  });

  it('does not delete where it may not write any more', async () => {
    await say();
    const beforeSend = (): void => {
      throw new ShardLost('another replica has it');
    };
    await expect(remove(made, { beforeSend })).rejects.toBeInstanceOf(ShardLost);
    expect(at.talk.ledger.entries(at.token).filter(({ kind }) => kind === 'deletion')).toEqual([]);
  });

  it('what others wrote is not deleted by whom is no moderator; the room stays open', async () => {
    asMember();
    const id = at.talk.post(at.token, 'bob', 'mine');
    const error: unknown = await remove([copyOf(id)]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MessageRefused);
    expect((error as MessageRefused).message).toContain('no moderator');
  });

  it('a moderator’s account deletes what others wrote', async () => {
    const id = at.talk.post(at.token, 'bob', 'not nice');
    await remove([copyOf(id)]);
    expect(rows().find((row) => row['id'] === id)).toMatchObject({ messageType: 'comment_deleted' });
  });

  it('an edit changes the message that is there, name and all, and makes nothing', async () => {
    await say();
    expect(await edit(made, 'hello again')).toEqual({ made: [], gone: [] });
    expect(rows().find((row) => row['id'] === Number(made[0]?.id))).toMatchObject({
      message: '**Eve** (Matrix): hello again',
      lastEditActorId: 'alice',
    });
    expect(at.talk.ledger.entries(at.token).filter(({ kind }) => kind === 'message')).toHaveLength(1);
  });

  it('parts that the new words need are posted with their keys, silently, in answer to the first', async () => {
    await say();
    const first = Number(made[0]?.id);
    const told = await edit(made, long(3));
    expect(told.gone).toEqual([]);
    expect(told.made).toEqual([
      { part: 1, id: String(first + 2), key: keyOf(1) },
      { part: 2, id: String(first + 3), key: keyOf(2) },
    ]);
    for (const row of rows().slice(-2)) expect(row).toMatchObject({ silent: true, parent: { id: first } });
    expect(rows().map((row) => row['referenceId'])).toEqual(expect.arrayContaining([keyOf(1), keyOf(2)]));
  });

  it('parts that the new words do not need any more are deleted, and told', async () => {
    await say({ event: { ...sent, body: fromPlain(long(3)) } });
    const parts = [...made];
    expect(parts).toHaveLength(3);
    expect(await edit(parts, 'short')).toEqual({ made: [], gone: parts.slice(1) });
    const types = parts.map((part) => rows().find((row) => row['id'] === Number(part.id))?.['messageType']);
    expect(types).toEqual(['comment', 'comment_deleted', 'comment_deleted']);
    expect(await edit(parts, 'short')).toEqual({ made: [], gone: parts.slice(1) });
  });

  it('parts that an earlier attempt posted are not posted again', async () => {
    await say();
    const posted = copyOf(at.talk.post(at.token, 'alice', 'second', { referenceId: keyOf(1) }), 1);
    const told = await edit([...made, posted], long(3), { made: [posted] });
    expect(told.made).toEqual([expect.objectContaining({ part: 2 })]);
  });

  it('a message that was deleted meanwhile is not edited any more', async () => {
    await say();
    at.talk.remove(at.token, 'bob', Number(made[0]?.id));
    await expect(edit(made, 'too late')).rejects.toBeInstanceOf(TargetGone);
    await expect(edit([copyOf(999_999)], 'never there')).rejects.toBeInstanceOf(TargetGone);
  });

  it('what is older than 24 hours is not edited any more; the core says a correction in time', async () => {
    const id = at.talk.commitLate(at.token, 'alice', 'old', 86_401);
    await expect(edit([copyOf(id)], 'too late')).rejects.toBeInstanceOf(TargetGone);
    const { editWindowMs } = await at.adapter.capabilities(at.room);
    expect(editWindowMs).toBe(86_100_000);
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
      const { request } = requested(at, sent, { key: () => key });
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
