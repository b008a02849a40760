import { Client } from 'pg';

/** Arbitrary, and the same in every spec. */
const turns = 7_202_613;

/**
 * Waits until no other spec has its turn, and takes it. For specs that run the real program against servers within their
 * own process, on scaled times: a machine that does several of them at once does none in time. Returns what ends the turn.
 */
export async function takeTurn(): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: process.env['CROSSTALK_TEST_DATABASE_URL'] });
  await client.connect();
  await client.query('select pg_advisory_lock($1)', [turns]);
  return () => client.end();
}
