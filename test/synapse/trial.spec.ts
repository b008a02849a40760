import { type Replica, until } from '../e2e/world.js';
import { type SeenEvent, Town } from './town.js';

const kills = 6;

describe('Talk and a real Synapse', () => {
  let town: Town;
  let replica: Replica;

  beforeAll(async () => {
    town = await Town.build();
    replica = town.start();
    await replica.ready();
  }, 180_000);
  afterAll(() => town?.close(), 60_000);

  const byGhosts = async (): Promise<SeenEvent[]> =>
    (await town.matrixMessages()).filter(({ sender }) => sender !== town.mia.id);
  const inMatrix = (body: string): Promise<SeenEvent> =>
    town.soon(`'${body}' in the Matrix room`, async () =>
      (await byGhosts()).find(({ content }) => content.body === body),
    );
  const inTalk = (text: string): Promise<{ id: string; actor: string }> =>
    town.soon(`'${text}' in the Talk room`, () => town.talkMessages().find((message) => message.text === text));

  it('Matrix: a person of Talk speaks as a ghost with their name, and pings nobody', async () => {
    town.talk.post(town.talkRoom, 'anna', 'hello @room 👩‍👩‍👧 שלום');
    const { sender, content } = await inMatrix('hello @room 👩‍👩‍👧 שלום');
    expect(sender).toBe('@crosstalk_cloud_users=2fanna:synapse.test');
    expect(content['m.mentions']).toEqual({});
    expect(await town.matrixProfile(sender)).toMatchObject({ displayname: 'Anna (Talk)' });
  }, 60_000);

  it('Talk: a person of Matrix speaks through the account, which names them and pings nobody', async () => {
    await town.miaSays({ body: 'hello @all' });
    expect(await inTalk('**Mia** (Matrix): hello @\u200ball')).toMatchObject({ actor: 'users/bridge' });
  }, 60_000);

  it('a reply is a reply on the other side, both ways', async () => {
    const question = await town.miaSays({ body: 'who comes?' });
    const { id } = await inTalk('**Mia** (Matrix): who comes?');
    town.talk.post(town.talkRoom, 'ben', 'I do', { replyTo: Number(id) });
    const answer = await inMatrix('I do');
    expect(answer.content['m.relates_to']).toEqual({ 'm.in_reply_to': { event_id: question } });
    await town.miaSays({ body: 'good', 'm.relates_to': { 'm.in_reply_to': { event_id: answer.event_id } } });
    const back = await inTalk('**Mia** (Matrix): good');
    const shown = town.talk.messages(town.talkRoom).find((message) => String(message['id']) === back.id);
    expect(shown).toMatchObject({ parent: { message: 'I do' } });
  }, 60_000);

  it('a text longer than an event holds arrives in parts, whole', async () => {
    const long = '漢字'.repeat(15_500);
    town.talk.post(town.talkRoom, 'anna', long);
    const parts = async (): Promise<string[]> =>
      (await byGhosts()).map(({ content }) => content.body ?? '').filter((body) => /^[漢字]/.test(body));
    await until('both parts', async () => (await parts()).length === 2);
    expect((await parts()).join('')).toBe(long);
  }, 60_000);

  it(
    `${kills} kills -9 and a restart of Synapse in mid-traffic lose, double and reorder nothing`,
    async () => {
      let goesOn = true;
      let spoken = 0;
      const talkers = async (): Promise<void> => {
        for (let number = 1; goesOn; number += 1) {
          town.talk.post(town.talkRoom, number % 2 === 0 ? 'anna' : 'ben', `t${number}t`);
          spoken += 1;
          await new Promise((done) => setTimeout(done, 100));
        }
      };
      const matrixPeople = async (): Promise<void> => {
        for (let number = 1; goesOn; number += 1) {
          await town.miaSays({ body: `m${number}m` });
          spoken += 1;
          await new Promise((done) => setTimeout(done, 100));
        }
      };
      const traffic = Promise.all([talkers(), matrixPeople()]);
      try {
        for (let round = 1; round <= kills; round += 1) {
          await new Promise((done) => setTimeout(done, 500 + Math.random() * 1_500));
          if (round === kills / 2) await town.synapse.restart();
          await replica.kill();
          replica = town.start();
          await replica.ready();
        }
        await new Promise((done) => setTimeout(done, 1_000));
      } finally {
        goesOn = false;
        await traffic;
      }
      const numbered = (texts: (string | undefined)[], pattern: RegExp): string[] =>
        texts.flatMap((text) => pattern.exec(text ?? '')?.[0] ?? []);
      const read = async (): Promise<Record<'fromTalk' | 'inMatrix' | 'fromMatrix' | 'inTalk', string[]>> => {
        const [talk, matrix] = [town.talkMessages(), await town.matrixMessages()];
        const own = talk.filter(({ actor }) => actor !== 'users/bridge');
        const copies = talk.filter(({ actor }) => actor === 'users/bridge');
        const said = matrix.filter(({ sender }) => sender === town.mia.id);
        const ghosts = matrix.filter(({ sender }) => sender !== town.mia.id);
        return {
          fromTalk: numbered(
            own.map(({ text }) => text),
            /\bt\d+t\b/,
          ),
          inMatrix: numbered(
            ghosts.map(({ content }) => content.body),
            /\bt\d+t\b/,
          ),
          fromMatrix: numbered(
            said.map(({ content }) => content.body),
            /\bm\d+m\b/,
          ),
          inTalk: numbered(
            copies.map(({ text }) => text),
            /\bm\d+m\b/,
          ),
        };
      };
      await until(
        'everything to arrive',
        async () => {
          const { fromTalk, inMatrix, fromMatrix, inTalk } = await read();
          return new Set(inMatrix).size === fromTalk.length && new Set(inTalk).size === fromMatrix.length;
        },
        90_000,
      ).catch(async (error: unknown) => {
        throw new Error(`${String(error)}\n${JSON.stringify(await read())}\n${replica.log.slice(-4_000)}`);
      });
      const { fromTalk, inMatrix: shownInMatrix, fromMatrix, inTalk: shownInTalk } = await read();
      expect(fromTalk.length + fromMatrix.length).toBe(spoken);
      expect(shownInMatrix).toEqual(fromTalk);
      expect(shownInTalk).toEqual(fromMatrix);
      expect(await replica.stop()).toBeLessThan(5_000);
    },
    5 * 60_000,
  );
});
