import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';

const bot = '@crosstalk:sandbox.test';

describe('commands in Matrix', () => {
  let bench: MatrixBench;
  let room: string;
  let anna: string;
  let ben: string;

  beforeEach(async () => {
    bench = await MatrixBench.open({ settings: { operators: ['@anna:sandbox.test'] } });
    anna = bench.sandbox.addUser('anna', 'Anna');
    ben = bench.sandbox.addUser('ben', 'Ben');
    room = bench.sandbox.createRoom({ creator: anna, name: 'Team', public: true });
    bench.sandbox.join(room, ben);
    bench.linked.add(room);
    const adapter = bench.make();
    await bench.begin(adapter);
    await adapter.resolveRoom({ room }, 'team', bench.signal);
  });

  afterEach(async () => {
    await bench.close();
  });

  const saidIn = (there: string): Record<string, unknown>[] =>
    bench.sandbox
      .messages(there)
      .filter(({ sender, content }) => sender === bot && content['msgtype'] !== undefined)
      .map(({ content }) => ({ ...content }));
  const directs = (person: string): string[] =>
    bench.sandbox.roomsOf(person).filter((id) => bench.sandbox.roomsOf(bot).includes(id) && id !== room);

  it('a message that begins with the command is asked of the core, answered in the room, and not bridged', async () => {
    bench.sandbox.post(room, anna, '!crosstalk  link team cloud=abc');
    await until(() => saidIn(room).length === 1);
    expect(bench.commands).toEqual([
      { room, by: { id: anna, mayLink: true }, words: ['link', 'team', 'cloud=abc'], prefix: '!crosstalk' },
    ]);
    expect(saidIn(room)[0]).toMatchObject({
      msgtype: 'm.notice',
      body: 'did link team cloud=abc',
      formatted_body: 'did <code>link team cloud=abc</code>',
    });
    bench.sandbox.post(room, ben, '!Crosstalk');
    await until(() => bench.commands.length === 2);
    expect(bench.commands[1]).toMatchObject({ by: { id: ben, mayLink: false }, words: [] });
    const adapter = bench.make();
    const reads = [...bench.ingest.payloads.values()].map(({ body }) =>
      adapter.read(JSON.parse(Buffer.from(body).toString())),
    );
    expect(reads.filter((each) => 'ignored' in each && each.ignored === 'a command')).toHaveLength(2);
    const said = reads
      .flatMap((each) => ('events' in each ? each.events : []))
      .filter(({ kind }) => kind === 'messageSent');
    expect(said.map(({ actor }) => actor.standing)).not.toContain('person');
  });

  it('talk of it, an edit into it, and rooms that no link names command nothing', async () => {
    const said = bench.sandbox.post(room, anna, 'say !crosstalk help');
    bench.sandbox.edit(room, anna, said, '!crosstalk help');
    bench.sandbox.post(room, anna, '!crosstalker');
    const other = bench.sandbox.createRoom({ creator: anna, name: 'Other', public: true });
    bench.sandbox.post(other, anna, '!crosstalk help');
    bench.sandbox.post(room, anna, '!crosstalk status');
    await until(() => saidIn(room).length === 1);
    expect(bench.commands.map(({ words }) => words)).toEqual([['status']]);
  });

  it('what is for one person alone is told in a room of their own, which is kept, and where there are commands too', async () => {
    bench.sandbox.post(room, ben, '!crosstalk whisper one');
    await until(() => saidIn(room).length === 1);
    expect(String(saidIn(room)[0]?.['body'])).not.toContain('did');
    const [direct = ''] = directs(ben);
    expect(bench.sandbox.members(direct)).toContainEqual(
      expect.objectContaining({ userId: ben, membership: 'invite' }),
    );
    expect(saidIn(direct)).toMatchObject([{ msgtype: 'm.text', body: 'did whisper one' }]);
    bench.sandbox.join(direct, ben);
    bench.sandbox.post(direct, ben, '!crosstalk whisper two');
    await until(() => saidIn(direct).length === 2);
    expect(saidIn(room)).toHaveLength(1);

    // Somebody who left is asked back; another process knows the room.
    bench.sandbox.leave(direct, ben);
    await bench.begin(bench.make());
    bench.sandbox.post(room, ben, '!crosstalk whisper three');
    await until(() => saidIn(direct).length === 3);
    expect(directs(ben)).toEqual([direct]);
  });

  it('a command that fails is answered', async () => {
    bench.commandFault = new Error('the database is gone');
    bench.sandbox.post(room, ben, '!crosstalk help');
    await until(() => saidIn(room).length === 1);
    expect(saidIn(room)[0]).toMatchObject({ body: 'That cannot be done just now: try again in a moment.' });
  });
});
