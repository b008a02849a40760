import { until, World } from './world.js';

interface Status {
  readonly accounts: readonly { id: string; network: string; state: string; says: string | null }[];
}

it('of two accounts that prove to be the same login one is closed, and says so', async () => {
  const world = await World.build();
  try {
    const { accounts } = world.settings;
    const replica = world.start({ change: { accounts: { ...accounts, again: accounts.cloud } } });
    await replica.ready();
    const { accounts: known } = JSON.parse((await world.command('status', '--json')).says) as Status;
    const talk = known.filter(({ network }) => network === 'talk');
    expect(talk.map(({ state }) => state).sort()).toEqual(['closed', 'open']);
    const open = talk.find(({ state }) => state === 'open')?.id ?? '';
    expect(talk.find(({ state }) => state === 'closed')?.says).toBe(
      `it is the same login as the account ${open}: remove one of them`,
    );
    const { code, says } = await world.command('check');
    expect(says).toContain('failed    again: it is the same login as the account cloud: remove one of them');
    expect(code).toBe(1);
  } finally {
    await world.close();
  }
}, 60_000);

it('what was delivered is counted where Prometheus reads it', async () => {
  const world = await World.build();
  try {
    const replica = world.start();
    await replica.ready();
    const room = world.rooms[0]!;
    for (const number of [1, 2, 3]) world.talk.post(room.talk, 'anna', `talk ${String(number)}`);
    world.matrix.post(room.matrix, '@mia:sandbox.test', 'matrix 1');
    const counted = async (): Promise<string[]> => {
      const answer = await replica.metrics();
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      return (await answer.text())
        .split('\n')
        .filter((line) => /^crosstalk_(deliveries_total|delivery_seconds_count)\{.*\} [1-9]/.test(line));
    };
    const lines = [
      'crosstalk_deliveries_total{account="hs",kind="messageSent",outcome="delivered"} 3',
      'crosstalk_deliveries_total{account="cloud",kind="messageSent",outcome="delivered"} 1',
      'crosstalk_delivery_seconds_count{account="hs"} 3',
      'crosstalk_delivery_seconds_count{account="cloud"} 1',
    ];
    await until('the deliveries to be counted', async () => (await counted()).length >= lines.length);
    await until('all of them', async () => (await counted()).includes(lines[0]!));
    expect((await counted()).sort()).toEqual([...lines].sort());
  } finally {
    await world.close();
  }
}, 60_000);
