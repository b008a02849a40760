import type { MatrixAdapter } from '../../src/adapters/matrix/matrix.adapter.js';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import type { BridgeError } from '../../src/model/errors.js';
import { type BenchOptions, MatrixBench } from './matrix-bench.js';

/** A bench with Alice's room, which is linked and which the adapter is in. */
export interface MatrixTeam {
  readonly bench: MatrixBench;
  readonly adapter: MatrixAdapter;
  readonly alice: string;
  readonly room: string;
}

export async function matrixTeam(options: BenchOptions = {}): Promise<MatrixTeam> {
  const bench = await MatrixBench.open(options);
  const alice = bench.sandbox.addUser('alice', 'Alice');
  const room = bench.sandbox.createRoom({ creator: alice, name: 'Team', public: true });
  bench.linked.add(room);
  const adapter = bench.make();
  await bench.begin(adapter);
  await adapter.resolveRoom({ room }, 'team', bench.signal);
  return { bench, adapter, alice, room };
}

/** As a lane has it sent. */
export function deliverBy(
  adapter: MatrixAdapter,
  { request }: { readonly request: { readonly event: BridgeEvent } },
  { signal }: Pick<MatrixBench, 'signal'>,
): Promise<void> {
  const entry = adapter.deliver[request.event.kind] as { send(request: unknown, signal: AbortSignal): Promise<void> };
  return entry.send(request, signal);
}

/** Why an attempt failed, which it is to do. */
export function failureOf(attempt: Promise<unknown>): Promise<BridgeError & { readonly reason?: string }> {
  return attempt.then(
    () => Promise.reject(new Error('it worked')),
    (error: unknown) => error as BridgeError,
  );
}
