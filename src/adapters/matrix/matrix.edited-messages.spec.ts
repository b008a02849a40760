import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { toPlain } from '../../formatting/plain.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const day = 86_400_000;

describe('an edit that is taken back', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let bob: string;
  let room: string;

  beforeEach(async () => {
    bench = await MatrixBench.open();
    alice = bench.sandbox.addUser('alice', 'Alice');
    bob = bench.sandbox.addUser('bob', 'Bob');
    room = bench.sandbox.createRoom({ creator: alice, name: 'Team', public: true });
    bench.sandbox.join(room, bob);
    bench.linked.add(room);
    adapter = bench.make();
    await bench.begin(adapter);
    await adapter.resolveRoom({ room }, 'team', bench.signal);
  });

  afterEach(async () => {
    await bench.close();
  });

  const later = async (aheadMs = 0): Promise<void> => {
    adapter = bench.make({}, aheadMs);
    await bench.begin(adapter);
  };
  const pushed = (): Promise<void> => until(() => bench.sandbox.isPushed);
  const last = async (): Promise<BridgeEvent | { readonly ignored: string } | undefined> => {
    await pushed();
    const result = bench.arrived(adapter).at(-1)?.result;
    return result !== undefined && 'events' in result ? result.events[0] : result;
  };
  const said = (event: Awaited<ReturnType<typeof last>>): unknown =>
    event !== undefined && 'kind' in event && event.kind === 'messageEdited'
      ? { message: event.message.id, by: event.actor.name, text: toPlain(event.body) }
      : event;

  it('has its message say what it said before', async () => {
    const message = bench.sandbox.post(room, bob, 'at six');
    const first = bench.sandbox.edit(room, bob, message, 'at seven');
    const second = bench.sandbox.edit(room, bob, message, 'my password');
    await pushed();
    bench.sandbox.redact(room, bob, second);
    expect(said(await last())).toEqual({ message, by: 'Bob', text: 'at seven' });
    bench.sandbox.redact(room, bob, first);
    expect(said(await last())).toEqual({ message, by: 'Bob', text: 'at six' });
  });

  it('by a moderator leaves the words to their author', async () => {
    const message = bench.sandbox.post(room, bob, 'at six');
    const edit = bench.sandbox.edit(room, bob, message, 'rude words');
    await pushed();
    bench.sandbox.redact(room, alice, edit);
    expect(said(await last())).toEqual({ message, by: 'Bob', text: 'at six' });
  });

  it('is followed after a restart, and is quoted by nobody', async () => {
    const message = bench.sandbox.post(room, bob, 'at six');
    const edit = bench.sandbox.edit(room, bob, message, 'my password');
    await pushed();
    await later();
    bench.sandbox.redact(room, bob, edit);
    expect(said(await last())).toEqual({ message, by: 'Bob', text: 'at six' });
    bench.sandbox.post(room, alice, 'fine', { replyTo: message });
    expect(await last()).toMatchObject({ kind: 'messageSent', quoted: { name: 'Bob', text: 'at six' } });
  });

  it('of a reply leaves it one, without the fallback of older clients', async () => {
    const asked = bench.sandbox.post(room, alice, 'when?');
    const message = bench.sandbox.post(room, bob, `> <${alice}> when?\n\nat six`, { replyTo: asked });
    const edit = bench.sandbox.edit(room, bob, message, 'at seven');
    await pushed();
    bench.sandbox.redact(room, bob, edit);
    const event = await last();
    expect(said(event)).toEqual({ message, by: 'Bob', text: 'at six' });
    expect(event).toMatchObject({ replyTo: { id: asked } });
  });

  it('says nothing again where its message is gone', async () => {
    const message = bench.sandbox.post(room, bob, 'at six');
    const edit = bench.sandbox.edit(room, bob, message, 'at seven');
    bench.sandbox.redact(room, bob, message);
    await pushed();
    bench.sandbox.redact(room, bob, edit);
    expect(await last()).toEqual({ ignored: 'm.room.redaction of an edit, whose message is gone' });
  });

  it('waits for a homeserver that does not answer', async () => {
    const message = bench.sandbox.post(room, bob, 'at six');
    const edit = bench.sandbox.edit(room, bob, message, 'at seven');
    await pushed();
    bench.sandbox.faults.add({ path: '/event/', times: 1, fault: { do: 'answer', status: 500 } });
    bench.sandbox.redact(room, bob, edit);
    expect(said(await last())).toEqual({ message, by: 'Bob', text: 'at six' });
  });

  it('has its message show the file that it showed before, and none where it was words', async () => {
    const message = bench.sandbox.post(room, bob, 'at six');
    const edit = (name: string): string => {
      const content = { msgtype: 'm.image', body: name, url: `mxc://sandbox.test/${name}` };
      const relation = { 'm.new_content': content, 'm.relates_to': { rel_type: 'm.replace', event_id: message } };
      return bench.sandbox.sendEvent(room, bob, 'm.room.message', { ...content, ...relation });
    };
    const shows = async (place: number | undefined): Promise<void> => {
      const event = await last();
      const added = event !== undefined && 'kind' in event && event.kind === 'messageEdited' ? event : undefined;
      expect(added?.filesBefore).toBe('gone');
      expect(added?.filesAdded?.map((each) => each.place)).toEqual(place === undefined ? undefined : [place]);
    };
    const first = edit('meadow');
    await shows(0);
    const second = edit('hill');
    await shows(1);
    edit('meadow');
    await shows(0);
    await later();
    const words = bench.sandbox.edit(room, bob, message, 'at seven');
    await shows(undefined);
    bench.sandbox.redact(room, bob, words);
    await shows(0);
    for (const each of [first, second]) bench.sandbox.redact(room, bob, each);
    await shows(0);
  });

  it('is forgotten after thirty days', async () => {
    const kept = (): string[] => [...bench.store.keys()].filter((key) => key.startsWith('edit/'));
    const message = bench.sandbox.post(room, bob, 'at six');
    bench.sandbox.edit(room, bob, message, 'at seven');
    await pushed();
    await later(29 * day);
    expect(kept()).toHaveLength(1);
    await later(31 * day);
    await until(() => kept().length === 0);
  });
});
