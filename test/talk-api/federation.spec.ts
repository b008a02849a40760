import { TalkClient } from '../../src/adapters/talk/talk.client.js';
import { roomId } from '../../src/model/ids.js';
import { silentLog } from '../../src/observability/log.js';
import { runFederatedTalk } from '../../src/sandbox/talk/federated-pair.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { Reader, talkAdapter } from '../contract/talk-at-sandbox.js';

const signal = new AbortController().signal;

describe('an account that is invited into a room of another server', () => {
  it('accepts where the settings say so, and reads the room', async () => {
    const pair = await runFederatedTalk({ port: 0, peerPort: 0 });
    const stop = new AbortController();
    const home = pair.second.url;
    const there = new URL(pair.first.url).host;
    const adapter = talkAdapter({
      url: home,
      user: 'dora',
      password: pair.second.accounts.issueAppPassword('dora'),
      sweepIntervalMs: 10,
      idleSweepIntervalMs: 10,
      invitations: { acceptFrom: [`alice@${there}`], others: 'decline' },
    });
    const inviters = ['alice', 'bob'].map((user) => {
      const settings = { requestTimeoutMs: 5000, deadRoomPauseMs: 60_000, capabilitiesMaxAgeMs: 60_000 };
      const client = new TalkClient({ url: pair.first.url, maxConnections: 4, ...settings }, systemClock, silentLog);
      client.use({ user, password: pair.first.accounts.issueAppPassword(user) });
      return { user, client };
    });
    try {
      await adapter.connect(signal);
      for (const { user, client } of inviters) {
        const token = pair.first.rooms.create({ name: `Of ${user}`, owner: user });
        await client.api.participants.add({ token, newParticipant: `dora@${home}`, source: 'federated_users' }, signal);
      }
      const woken = new Set<string>();
      const watching = {
        rooms: () => Promise.resolve([]),
        wake: (rooms: readonly string[]) => {
          for (const room of rooms) woken.add(room);
          return Promise.resolve();
        },
        watch: () => Promise.resolve(),
        joined: () => Promise.resolve({ rooms: [], upTo: '' }),
      };
      const running = adapter.pulling.watch(watching, stop.signal);
      await until(() => pair.second.state.federation.invitations.waitingFor('dora').length === 0);
      const [invitation] = pair.second.state.federation.invitations.of('dora');
      const accepted = invitation?.room.token ?? '';
      await until(() => woken.has(accepted));
      stop.abort();
      await running;
      expect(pair.second.state.federation.invitations.of('dora')).toHaveLength(1);
      expect(
        (await adapter.describeRoom(await adapter.resolveRoom({ room: accepted }, 'team', signal), signal)).name,
      ).toBe('Of alice');
    } finally {
      stop.abort();
      await adapter.start({ accept: () => Promise.resolve() }, stop.signal);
      for (const { client } of inviters) await client.close();
      await pair.stop();
    }
  }, 60_000);
});

describe('people of another server in a room', () => {
  it('who declines never came, and who leaves after having come left, though Talk tells both by the same row', async () => {
    const pair = await runFederatedTalk({ port: 0, peerPort: 0 });
    const home = pair.second.url;
    const settings = { requestTimeoutMs: 5000, deadRoomPauseMs: 60_000, capabilitiesMaxAgeMs: 60_000 };
    const dora = new TalkClient({ url: home, maxConnections: 4, ...settings }, systemClock, silentLog);
    dora.use({ user: 'dora', password: pair.second.accounts.issueAppPassword('dora') });
    const host = new TalkClient({ url: pair.first.url, maxConnections: 4, ...settings }, systemClock, silentLog);
    host.use({ user: 'alice', password: pair.first.accounts.issueAppPassword('alice') });
    const token = pair.first.rooms.create({ name: 'Shared', owner: 'alice', members: ['bob'] });
    // Few rows at a time: when she came is not among what is read anyway.
    const adapter = talkAdapter({
      url: pair.first.url,
      user: 'bob',
      password: pair.first.accounts.issueAppPassword('bob'),
      pageSize: 2,
    });
    const invite = async (): Promise<number> => {
      await host.api.participants.add({ token, newParticipant: `dora@${home}`, source: 'federated_users' }, signal);
      return pair.second.state.federation.invitations.waitingFor('dora')[0]?.id ?? 0;
    };
    try {
      await adapter.connect(signal);
      const reader = await new Reader(adapter, adapter.pulling, roomId(token)).begin();
      const told = async (): Promise<string[]> => {
        await reader.read();
        return reader
          .results()
          .flatMap((result) => ('events' in result ? result.events : []))
          .flatMap((event) =>
            event.kind === 'memberJoined' ? ['joined'] : event.kind === 'memberLeft' ? [event.how] : [],
          );
      };
      await dora.api.federation.decline({ id: await invite() }, signal);
      expect(await told()).toEqual([]);
      await dora.api.federation.accept({ id: await invite() }, signal);
      for (let said = 0; said < 5; said += 1) pair.first.post(token, 'alice', `hello ${String(said)}`);
      expect(await told()).toEqual(['joined']);
      const there = pair.second.state.federation.invitations.of('dora')[0]?.room.token ?? '';
      await dora.api.participants.leave({ token: there }, signal);
      expect(await told()).toEqual(['joined', 'left']);
    } finally {
      const stop = new AbortController();
      stop.abort();
      await adapter.start({ accept: () => Promise.resolve() }, stop.signal);
      for (const client of [dora, host]) await client.close();
      await pair.stop();
    }
  }, 60_000);
});

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
