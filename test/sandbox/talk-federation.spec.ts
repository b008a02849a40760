import { runFederatedTalk, type FederatedPair } from '../../src/sandbox/talk/federated-pair.js';
import { Asker } from './talk-asker.js';

describe('two sandbox Talk servers that federate', () => {
  let pair: FederatedPair;
  let askers: Readonly<Record<'first' | 'second', Asker>>;

  beforeAll(async () => {
    pair = await runFederatedTalk({ port: 0, peerPort: 0 });
    askers = { first: new Asker(() => pair.first.url), second: new Asker(() => pair.second.url) };
  });

  afterAll(async () => {
    await pair.stop();
  });

  /** Makes a room on one server, with somebody of the other one. */
  const roomOn = async (
    host: 'first' | 'second',
    owner: string,
    guest: string,
  ): Promise<{ readonly token: string; readonly guestToken: string }> => {
    const other = host === 'first' ? 'second' : 'first';
    const token = pair[host].rooms.create({ name: `Of ${owner}`, owner });
    const json = { newParticipant: `${guest}@${pair[other].url}`, source: 'federated_users' };
    expect(await askers[host].status(owner, 'POST', `v4/room/${token}/participants`, { json })).toBe(200);
    const waiting = (await askers[other].ask(guest, 'GET', 'v1/federation/invitation')).data as { id: number }[];
    const accepted = await askers[other].ask(guest, 'POST', `v1/federation/invitation/${waiting.at(-1)!.id}`);
    return { token, guestToken: (accepted.data as { token: string }).token };
  };

  test('whoever says something goes on when the other server was told', async () => {
    const { token } = await roomOn('first', 'alice', 'dora');
    const telling = pair.second.faults.add({ path: '/ocm/notifications', fault: { do: 'hang', forMs: 500 } });
    let isAnswered = false;
    const said = askers.first.status('alice', 'POST', `v1/chat/${token}`, { json: { message: 'hello' } }).then(() => {
      isAnswered = true;
    });
    await until(() => telling.struck === 1);
    expect(isAnswered).toBe(false);
    await said;
  });

  test('what is said on both at one time is told without either waiting for the other', async () => {
    const { token: ofAlice } = await roomOn('first', 'alice', 'dora');
    const { token: ofDora } = await roomOn('second', 'dora', 'alice');
    for (let times = 0; times < 3; times += 1) {
      const json = { message: 'hello' };
      const said = Promise.all([
        askers.first.status('alice', 'POST', `v1/chat/${ofAlice}`, { json }),
        askers.second.status('dora', 'POST', `v1/chat/${ofDora}`, { json }),
      ]);
      // Servers that do not answer each other are given up after 5 s.
      expect(await Promise.race([said, givenUp()])).toEqual([201, 201]);
    }
  });

  test('another server asks for its people with the secret of their invitation, and with no other', async () => {
    const { token, guestToken } = await roomOn('first', 'alice', 'dora');
    const { secret } = pair.second.state.rooms.get(guestToken)!.remote!;
    const asked = (shown: string): Promise<number> => {
      const login = Buffer.from(`${encodeURIComponent(`dora@${pair.second.url}`)}:${shown}`).toString('base64');
      const headers = { 'x-nextcloud-federation': 'true', authorization: `Basic ${login}` };
      return askers.first.status(undefined, 'GET', `v1/chat/${token}`, { query: { lookIntoFuture: 0 }, headers });
    };
    expect([await asked(secret), await asked('another')]).toEqual([200, 404]);
  });
});

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function givenUp(): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(resolve, 4500, 'given up').unref();
  });
}
