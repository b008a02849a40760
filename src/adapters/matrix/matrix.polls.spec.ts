import { annasGhost, asking, saying } from '../../../test/contract/matrix-deliveries.js';
import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';
import type { PollStarted } from '../../model/bridge-event.js';
import type { Copy, DeliveryRequest } from '../../model/network-adapter.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const terms = {
  kind: 'pollStarted',
  question: 'Tea?',
  options: ['yes', 'no'],
  results: 'shown',
  maxVotes: 1,
} as const satisfies Partial<PollStarted>;

describe('matrix polls', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let room: string;
  let alice: string;

  const ask = async (more: Partial<DeliveryRequest<PollStarted>> = {}) => {
    const asked = asking<PollStarted>('poll', room, terms, more);
    await adapter.deliver.pollStarted?.send(asked.request, bench.signal);
    return bench.sandbox.messages(room).find(({ eventId }) => eventId === asked.made[0]?.id);
  };
  const say = async (name: string, more: object = {}): Promise<Copy> => {
    const said = saying(name, room, name, more);
    await adapter.deliver.messageSent?.send(said.request, bench.signal);
    return said.made[0]!;
  };

  beforeEach(async () => {
    bench = await MatrixBench.open();
    alice = bench.sandbox.addUser('alice', 'Alice');
    room = bench.sandbox.createRoom({ creator: alice, name: 'Team' });
    bench.linked.add(room);
    adapter = bench.make();
    await bench.begin(adapter);
    bench.sandbox.invite(room, alice, '@crosstalk:sandbox.test');
    await until(() =>
      bench.sandbox.members(room).some(({ name, membership }) => name === 'Crosstalk' && membership === 'join'),
    );
  });

  afterEach(() => bench.close());

  it('are asked by the person’s ghost, outside of threads', async () => {
    const poll = await ask();
    expect(poll).toMatchObject({ sender: annasGhost, type: 'org.matrix.msc3381.poll.start' });
    expect(poll?.content).not.toHaveProperty('m.relates_to');
  });

  it('one that is asked in a thread stands in it, by the first event of the thread', async () => {
    const root = await say('root');
    const answer = await say('answer', { thread: root });
    for (const thread of [root, answer]) {
      expect((await ask({ thread }))?.content['m.relates_to']).toEqual({
        rel_type: 'm.thread',
        event_id: root.id,
        is_falling_back: true,
        'm.in_reply_to': { event_id: root.id },
      });
    }
  });

  it('votes are understood by what a poll asks now, also after its edit was taken back', async () => {
    const start = 'org.matrix.msc3381.poll.start';
    const asking = (ids: readonly string[]) => ({
      [start]: {
        question: { 'org.matrix.msc1767.text': 'Tea?' },
        answers: ids.map((id) => ({ id, 'org.matrix.msc1767.text': id })),
      },
    });
    const poll = bench.sandbox.sendEvent(room, alice, start, asking(['a', 'b']));
    const vote = (id: string): string =>
      bench.sandbox.sendEvent(room, alice, 'org.matrix.msc3381.poll.response', {
        'm.relates_to': { rel_type: 'm.reference', event_id: poll },
        'org.matrix.msc3381.poll.response': { answers: [id] },
      });
    const choices = (): unknown[] =>
      bench
        .arrived(adapter)
        .flatMap(({ result }) => ('events' in result ? result.events : []))
        .flatMap((event) => (event.kind === 'pollVoted' ? [event.choices] : []));
    vote('b');
    await until(() => choices().length === 1);
    const now = asking(['x', 'y']);
    const edit = bench.sandbox.sendEvent(room, alice, start, {
      ...now,
      'm.new_content': now,
      'm.relates_to': { rel_type: 'm.replace', event_id: poll },
    });
    vote('y');
    await until(() => choices().length === 2);
    bench.sandbox.redact(room, alice, edit);
    vote('y');
    vote('a');
    await until(() => choices().length === 4);
    expect(choices()).toEqual([[1], [1], [], [0]]);
  });
});
