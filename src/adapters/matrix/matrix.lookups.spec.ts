import { annasGhost, saying } from '../../../test/contract/matrix-deliveries.js';
import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';
import type { MessageEdited, MessageSent } from '../../model/bridge-event.js';
import { remoteId } from '../../model/ids.js';
import type { MatrixAdapter } from './matrix.adapter.js';

describe('what messages leave open', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let bob: string;
  let room: string;
  let asked: string[];

  beforeEach(async () => {
    bench = await MatrixBench.open();
    alice = bench.sandbox.addUser('alice', 'Alice');
    bob = bench.sandbox.addUser('bob', 'Bob');
    room = bench.sandbox.createRoom({ creator: alice, name: 'Team', alias: 'team', public: true });
    bench.sandbox.join(room, bob);
    bench.linked.add(room);
    adapter = bench.make();
    await bench.begin(adapter);
    await adapter.resolveRoom({ room }, 'team', bench.signal);
    asked = [];
    const next = bench.sandbox.faults.next.bind(bench.sandbox.faults);
    bench.sandbox.faults.next = (method, path) => {
      if (/\/(event|state|directory)\//.test(path) && !path.includes('m.room.member')) asked.push(path);
      return next(method, path);
    };
  });

  afterEach(async () => {
    await bench.close();
  });

  const arrived = (): (MessageSent | MessageEdited)[] =>
    bench
      .arrived(adapter)
      .flatMap(({ result }) => ('events' in result ? result.events : []))
      .filter((event) => event.kind === 'messageSent' || event.kind === 'messageEdited');
  /** The event that the homeserver pushes for what `user` sends. */
  const send = async (user: string, content: Record<string, unknown>): Promise<MessageSent | MessageEdited> => {
    const before = arrived().length;
    bench.sandbox.sendEvent(room, user, 'm.room.message', { msgtype: 'm.text', ...content });
    await until(() => arrived().length > before);
    const event = arrived().at(-1);
    if (event === undefined) throw new Error('nothing came');
    return event;
  };
  const answer = async (id: string, body = 'yes'): Promise<MessageSent['quoted']> => {
    const event = await send(bob, { body, 'm.relates_to': { 'm.in_reply_to': { event_id: id } } });
    return 'quoted' in event ? event.quoted : undefined;
  };
  const callsAll = async (user: string, content: Record<string, unknown> = {}): Promise<boolean> => {
    const { body } = await send(user, { body: 'hi @room', 'm.mentions': { room: true }, ...content });
    return JSON.stringify(body).includes('"kind":"everyone"');
  };
  const setLevels = (levels: Record<string, unknown>): void => {
    const state = bench.sandbox.messages(room).findLast(({ type }) => type === 'm.room.power_levels');
    bench.sandbox.sendState(room, alice, 'm.room.power_levels', '', { ...state?.content, ...levels });
  };

  describe('what is answered', () => {
    it('is remembered from when it came, and is told with the name and its latest words', async () => {
      const id = bench.sandbox.post(room, alice, 'shall we?');
      await until(() => bench.sandbox.isPushed);
      expect(await answer(id)).toEqual({ name: 'Alice', text: 'shall we?' });
      bench.sandbox.edit(room, alice, id, 'shall we go?');
      bench.sandbox.edit(room, bob, id, 'an edit by somebody else is none');
      await until(() => bench.sandbox.isPushed);
      expect(await answer(id)).toEqual({ name: 'Alice', text: 'shall we go?' });
      expect(asked.filter((path) => path.includes('/event/'))).toEqual([]);
    });

    it('is asked for where it came before we listened, once', async () => {
      const id = bench.sandbox.post(room, alice, 'from before');
      bench.sandbox.edit(room, alice, id, 'from long before');
      await until(() => bench.sandbox.isPushed);
      const later = bench.make();
      await bench.begin(later);
      asked.length = 0;
      expect(await answer(id)).toEqual({ name: 'Alice', text: 'from long before' });
      expect(await answer(id)).toEqual({ name: 'Alice', text: 'from long before' });
      expect(asked.filter((path) => path.includes('/event/'))).toHaveLength(1);
    });

    it('is known of what we said ourselves', async () => {
      const sent = saying('said', room, 'hello from afar');
      await adapter.deliver.messageSent?.send(sent.request, bench.signal);
      await until(() => bench.sandbox.isPushed);
      expect(await answer(sent.made[0]?.id ?? '')).toEqual({ name: 'Anna (Talk)', text: 'hello from afar' });
      expect(bench.sandbox.members(room).map(({ userId }) => userId)).toContain(annasGhost);
    });

    it('is not quoted once it was redacted, nor where there is no such event', async () => {
      const id = bench.sandbox.post(room, alice, 'a secret');
      await until(() => bench.sandbox.isPushed);
      bench.sandbox.redact(room, alice, id);
      await until(() => bench.sandbox.isPushed);
      expect(await answer(id)).toBeUndefined();
      expect(await answer('$nothing')).toBeUndefined();
    });

    it('holds nothing up where the homeserver does not tell it, and is not asked for at once again', async () => {
      bench.sandbox.faults.add({ path: '/event/', times: 99, fault: { do: 'answer', status: 500 } });
      expect(await answer('$one')).toBeUndefined();
      expect(await answer('$two')).toBeUndefined();
      expect(asked.filter((path) => path.includes('/event/'))).toHaveLength(1);
      expect(bench.log.filter(({ event }) => event.includes('could not be learned'))).toHaveLength(1);
    });
  });

  describe('who calls everybody', () => {
    it('may do so with the power that the room asks for, as it is at that time', async () => {
      expect(await callsAll(alice)).toBe(true);
      expect(await callsAll(bob)).toBe(false);
      setLevels({ users: { [bob]: 50 } });
      expect(await callsAll(bob)).toBe(true);
      setLevels({ users: { [bob]: 50 }, notifications: { room: 60 } });
      expect(await callsAll(bob)).toBe(false);
      setLevels({ users: {}, notifications: { room: 0 } });
      expect(await callsAll(bob)).toBe(true);
    });

    it('may do so in an edit as well', async () => {
      const id = bench.sandbox.post(room, bob, 'hi');
      const edit = { 'm.relates_to': { rel_type: 'm.replace', event_id: id } };
      const fresh = { 'm.new_content': { msgtype: 'm.text', body: 'hi @room', 'm.mentions': { room: true } } };
      expect(await callsAll(bob, { ...edit, ...fresh })).toBe(false);
      setLevels({ users: { [bob]: 50 } });
      expect(await callsAll(bob, { ...edit, ...fresh })).toBe(true);
    });

    it('calls nobody where the homeserver does not tell who may', async () => {
      const later = bench.make();
      await bench.begin(later);
      bench.sandbox.faults.add({ path: 'm.room.(create|power_levels)', times: 9, fault: { do: 'drop' } });
      expect(await callsAll(alice)).toBe(false);
    });
  });

  it('a thread that goes on from a message of a thread is that thread', async () => {
    const root = bench.sandbox.sendEvent(room, alice, 'm.room.message', { msgtype: 'm.text', body: 'cake?' });
    const { message } = await send(bob, { body: 'me', 'm.relates_to': { rel_type: 'm.thread', event_id: root } });
    const thread = { part: 0, id: message.id };
    const threadSeenBy = async (one: MatrixAdapter, name: string): Promise<unknown> => {
      await one.deliver.messageSent?.send(saying(name, room, 'tea', { thread }).request, bench.signal);
      const { content } = bench.sandbox.messages(room).findLast(({ content: { body } }) => body === 'tea') ?? {};
      return (content?.['m.relates_to'] as Record<string, unknown> | undefined)?.['event_id'];
    };
    expect(await threadSeenBy(adapter, 'one')).toBe(root);
    // One that came before we listened is asked for.
    expect(await threadSeenBy(bench.make(), 'two')).toBe(root);
  });

  it('what is added to a message of a thread stands in the thread, and nowhere else does it begin one', async () => {
    const root = bench.sandbox.post(room, alice, 'cake?');
    const inThread = bench.sandbox.post(room, bob, 'me', { thread: root });
    const placed = async (one: MatrixAdapter, name: string, id: string): Promise<unknown> => {
      const copy = { part: 0, id: remoteId(id) };
      const { request } = saying(name, room, 'a picture', { target: [copy], replyTo: copy });
      await one.deliver.messageSent?.send(request, bench.signal);
      const added = bench.sandbox.messages(room).findLast(({ content: { body } }) => body === 'a picture');
      return added?.content['m.relates_to'];
    };
    const stands = {
      rel_type: 'm.thread',
      event_id: root,
      is_falling_back: false,
      'm.in_reply_to': { event_id: inThread },
    };
    expect(await placed(adapter, 'one', inThread)).toEqual(stands);
    // One that came before we listened is asked for.
    expect(await placed(bench.make(), 'two', inThread)).toEqual(stands);
    expect(await placed(adapter, 'three', root)).toEqual({ 'm.in_reply_to': { event_id: root } });
  });

  it('a room that is named by its alias is found', async () => {
    const link = (alias: string) => ({
      body: alias,
      format: 'org.matrix.custom.html',
      formatted_body: `<a href="https://matrix.to/#/${encodeURIComponent(alias)}">${alias}</a>`,
    });
    const named = async (alias: string): Promise<unknown> => {
      const { body } = await send(bob, link(alias));
      return (body as unknown as [{ content: [{ of?: { room?: { id: string } } }] }])[0].content[0].of?.room?.id;
    };
    expect(await named('#team:sandbox.test')).toBe(room);
    expect(await named('#team:sandbox.test')).toBe(room);
    expect(await named('#none:sandbox.test')).toBe('#none:sandbox.test');
    expect(asked.filter((path) => path.includes('/directory/'))).toHaveLength(2);
  });
});
