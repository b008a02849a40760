import { roomId } from '../../src/model/ids.js';
import { MatrixBench, until } from './matrix-bench.js';
import { describeNetworkAdapter, type Harness } from './network-adapter.contract.js';

describeNetworkAdapter('Matrix', makeMatrixHarness);

async function makeMatrixHarness(): Promise<Harness> {
  const bench = await MatrixBench.open();
  const { sandbox, ingest } = bench;
  const alice = sandbox.addUser('alice', 'Alice');
  const id = sandbox.createRoom({ creator: alice, name: 'Contract' });
  const room = roomId(id);
  const adapter = bench.make();
  await bench.begin(adapter);
  bench.linked.add(id);
  sandbox.invite(id, alice, `@crosstalk:${sandbox.serverName}`);
  await adapter.resolveRoom({ room: id }, 'contract', bench.signal);
  const isGhost = (actor: string): boolean => actor.startsWith('@crosstalk_');
  return {
    adapter,
    room,
    speakAs: 'ghost',
    person: { id: alice, name: 'Alice' },
    post: (text) => Promise.resolve(sandbox.post(id, alice, text)),
    arrived: async () => {
      await until(() => sandbox.isPushed);
      return bench.arrived(adapter);
    },
    toldAgain: async () => {
      const before = ingest.told.length;
      await sandbox.replayTransaction('otherId');
      // A transaction is what is told again, not all of them: those before it were told as often.
      return [...new Set(ingest.told.slice(0, before)), ...ingest.told.slice(before)] as never;
    },
    written: () => sandbox.ledger.entries(id).filter((entry) => isGhost(entry.actor)),
    bodyOf: ({ text = '' }) => text,
    pingedBy: (entry) => {
      const content = sandbox.messages(id).find(({ eventId }) => eventId === entry.id)?.content ?? {};
      const mentions = content['m.mentions'] as { user_ids?: string[]; room?: boolean } | undefined;
      // Without the field, clients notify by what stands in the text.
      return mentions === undefined
        ? ['all']
        : [...(mentions.user_ids ?? []), ...(mentions.room === true ? ['all'] : [])];
    },
    strikeWrite: (fault) => sandbox.faults.add({ method: 'PUT', path: '/send/m.room.message/', fault }),
    forgetKeys: () => sandbox.restart(),
    calmDown: () => sandbox.faults.clear(),
    rateLimited: (afterMs) => ({
      do: 'answer',
      status: 429,
      body: JSON.stringify({ errcode: 'M_LIMIT_EXCEEDED', error: 'Too Many Requests', retry_after_ms: afterMs }),
    }),
    withWrongLogin: () => bench.make({ asToken: 'wrong' }),
    close: () => bench.close(),
  };
}
