import type { TalkAdapter } from '../../src/adapters/talk/talk.adapter.js';
import type { Lender } from '../../src/model/lending.js';
import type { TalkAtSandbox } from './talk-at-sandbox.js';

/** Has somebody lend the adapter's account the login of a user of the server. */
export async function lendLogin(
  at: Pick<TalkAtSandbox, 'talk' | 'adapter'>,
  lender: Lender,
  user: string,
  adapter: TalkAdapter = at.adapter,
): Promise<void> {
  const { lending } = adapter;
  const asked = await lending?.ask(lender, new AbortController().signal);
  if (lending === undefined || asked === undefined || typeof asked === 'string') throw new Error('it lends nothing');
  at.talk.accounts.grantLogin(asked.address, user);
  const stop = new AbortController();
  const running = (lending as unknown as { run(until: AbortSignal): Promise<void> }).run(stop.signal);
  while ((await lending.lentBy(lender)) === undefined) await new Promise((done) => setTimeout(done, 5));
  stop.abort();
  await running;
}
