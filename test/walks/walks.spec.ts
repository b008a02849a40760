import { Client } from 'pg';
import { TwoSides } from '../e2e/two-sides.js';
import { type Replica, until, World } from '../e2e/world.js';

/** Step by step through the whole house, with the real program between the two networks. */
describe('walks', () => {
  let world: World;
  let replica: Replica;
  let database: Client;
  let talk: string;
  let matrix: string;
  let twoSides: TwoSides;

  beforeAll(async () => {
    world = await World.build();
    replica = world.start();
    await replica.ready();
    database = new Client({ connectionString: world.databaseUrl });
    await database.connect();
    [{ talk, matrix }] = world.rooms as [{ talk: string; matrix: string }];
    twoSides = new TwoSides(world, { talk, matrix });
  });
  afterAll(async () => {
    await database.end();
    await world.close();
  });

  const row = async <Row>(sql: string, ...parameters: unknown[]): Promise<Row | undefined> =>
    (await database.query(sql, parameters)).rows.at(0) as Row | undefined;
  const onMatrix = (id: string | undefined) => world.matrix.messages(matrix).find(({ eventId }) => eventId === id);

  it('a Talk message that answers an earlier one reaches Matrix', async () => {
    world.talk.post(talk, 'anna', 't1xv0 what is it?');
    await until('the question', () => twoSides.idOf('matrix', 't1x') !== undefined);
    const question = Number(twoSides.idOf('talk', 't1x'));
    const answer = world.talk.post(talk, 'ben', 't2xv0 look!', { replyTo: question });
    await until('the answer', () => twoSides.idOf('matrix', 't2x') !== undefined);

    // 1 to 4: read, interpreted, stored and routed in one commit, with the cursor behind it.
    const inbox = await row<{ id: string; state: string; message: string }>(
      `select id, state, message from inbox where account = 'cloud' and key = $1`,
      `${talk}/${String(answer)}`,
    );
    expect(inbox).toMatchObject({ state: 'routed' });
    const delivery = () =>
      row<{ state: string; uuid: string; event: string | null; network: string }>(
        `select d.state, d.uuid, d.event, p.account as network from deliveries d join portals p on p.id = d.lane where d.inbox = $1`,
        inbox?.id,
      );
    await until('the second commit', async () => (await delivery())?.state === 'delivered');
    expect(await delivery()).toMatchObject({ network: 'hs', event: null });

    // 5 to 6: the target is the copy of the question, the speaker is Ben's ghost, the words are his.
    const sent = onMatrix(twoSides.idOf('matrix', 't2x'));
    expect(sent).toMatchObject({
      sender: '@crosstalk_cloud_users=2fben:sandbox.test',
      senderName: 'Ben (Talk)',
      content: {
        body: 't2xv0 look!',
        'm.relates_to': { 'm.in_reply_to': { event_id: twoSides.idOf('matrix', 't1x') } },
      },
    });
    const key = String(sent?.content['org.crosstalk.delivery']);
    expect(Buffer.from(key, 'base64url').subarray(0, 16).toString('hex')).toBe(
      (await delivery())?.uuid.replaceAll('-', ''),
    );

    // 7: the copies of one message, the origin among them.
    const copies = await database.query(
      `select account, remote, part from copies where message = $1 order by account`,
      [inbox?.message],
    );
    expect(copies.rows).toEqual([
      { account: 'cloud', remote: String(answer), part: 0 },
      { account: 'hs', remote: sent?.eventId, part: 0 },
    ]);
  });

  it('a Matrix thumbs-up on that message reaches Talk', async () => {
    const target = twoSides.idOf('matrix', 't2x') ?? '';
    const answer = Number(twoSides.idOf('talk', 't2x'));
    const reaction = world.matrix.react(matrix, '@mia:sandbox.test', target, '👍\ufe0f');
    await until('the thumbs-up', () => world.talk.reactionsTo(talk, answer).length > 0);
    expect(world.talk.reactionsTo(talk, answer)).toEqual([{ user: 'bridge', emoji: '👍' }]);

    const message = await row<{ message: string }>(
      `select message from copies where account = 'hs' and remote = $1`,
      target,
    );
    const stored = () =>
      row(`select account, person, emoji, state, remote from reactions where message = $1`, message?.message);
    expect(await stored()).toEqual({
      account: 'hs',
      person: '@mia:sandbox.test',
      emoji: '👍',
      state: 'added',
      remote: reaction,
    });
    // For whom the relay stands there, so that it is taken back with the last of them.
    const standing = () =>
      row(`select account, person, emoji from reaction_copies where message = $1`, message?.message);
    await until('the second commit', async () => (await standing()) !== undefined);
    expect(await standing()).toEqual({ account: 'hs', person: '@mia:sandbox.test', emoji: '👍' });

    // Talk tells of its own system message: our own act is not bridged back.
    await until('the echo', async () => {
      const echo = await row(
        `select 1 from inbox where account = 'cloud' and state = 'ignored' and note = 'our own act'`,
      );
      return echo !== undefined;
    });
    expect(world.matrix.messages(matrix).filter(({ type }) => type === 'm.reaction')).toHaveLength(1);
  });
});
