import { mia, type Side, Three } from './three.js';
import { until, World } from './world.js';

let world: World;
let three: Three;

beforeEach(async () => {
  world = await World.build({ slack: 'linked' });
  three = new Three(world);
  await world.start().ready();
});

afterEach(async () => {
  await world.close();
});

const isOn = (side: Side, text: string): Promise<void> =>
  until(`${text} on ${side}`, () => three.idsOf(side, text).length === 1);

interface Relation {
  readonly rel_type?: string;
  readonly event_id?: string;
  readonly is_falling_back?: boolean;
  readonly 'm.in_reply_to'?: { readonly event_id: string };
}

/** What a message on Matrix refers to. */
function relationOf(text: string): Relation | undefined {
  const id = three.idOf('matrix', text);
  const event = world.matrix.messages(three.matrixRoom).find(({ eventId }) => eventId === id);
  return event?.content['m.relates_to'] as Relation | undefined;
}

/** Where a message stands in Talk: the id of its thread, and of what it answers. */
function standingInTalk(text: string): { readonly thread: number | undefined; readonly answers: number | undefined } {
  const id = Number(three.idOf('talk', text));
  const message = world.talk.messages(three.talkRoom).find((each) => each['id'] === id);
  const parent = message?.['parent'] as { id?: number } | undefined;
  return { thread: message?.['isThread'] === true ? Number(message['threadId']) : undefined, answers: parent?.id };
}

it('what is said in a thread of Slack and to the channel too is an answer in the room, beside what stands in the thread', async () => {
  const { sandbox, people } = world.slack;
  const cake = three.post('slack', 'who brings cake?');
  for (const side of ['talk', 'matrix'] as const) await isOn(side, 'who brings cake?');
  sandbox.post(three.channel, people.quinn, 'in the thread alone', { thread: cake });
  sandbox.post(three.channel, people.quinn, 'told to everybody', { thread: cake, broadcast: true });
  for (const side of ['talk', 'matrix'] as const) await isOn(side, 'told to everybody');

  const onMatrix = three.idOf('matrix', 'who brings cake?');
  expect(relationOf('in the thread alone')).toMatchObject({ rel_type: 'm.thread', event_id: onMatrix });
  expect(relationOf('told to everybody')).toEqual({ 'm.in_reply_to': { event_id: onMatrix } });
  expect(standingInTalk('in the thread alone').thread).toBeDefined();
  expect(standingInTalk('told to everybody')).toEqual({
    thread: undefined,
    answers: Number(three.idOf('talk', 'who brings cake?')),
  });
});

it('an answer to somebody inside of a thread of Matrix answers them in that thread of Talk, and stands in it in Slack', async () => {
  const { matrix } = world;
  const root = three.post('matrix', 'where do the bikes go?');
  const hall = matrix.post(three.matrixRoom, '@noah:sandbox.test', 'behind the hall', { thread: root });
  matrix.post(three.matrixRoom, mia, 'there is a rack', { thread: root, replyTo: hall });
  for (const side of ['talk', 'slack'] as const) await isOn(side, 'there is a rack');

  const { thread } = standingInTalk('behind the hall');
  expect(thread).toBeDefined();
  expect(standingInTalk('there is a rack')).toEqual({ thread, answers: Number(three.idOf('talk', 'behind the hall')) });
  const inSlack = three.idOf('slack', 'where do the bikes go?');
  expect(three.answeredBy('slack', 'behind the hall')).toBe(inSlack);
  expect(three.answeredBy('slack', 'there is a rack')).toBe(inSlack);
});

it('an answer to somebody inside of a thread of Talk answers them in that thread on Matrix, and stands in it in Slack', async () => {
  const { talk } = world;
  const root = talk.post(three.talkRoom, 'anna', 'where do the bikes go?', { threadTitle: 'Bikes' });
  const hall = talk.post(three.talkRoom, 'ben', 'behind the hall', { threadId: root });
  talk.post(three.talkRoom, 'anna', 'there is a rack', { threadId: root, replyTo: hall });
  for (const side of ['matrix', 'slack'] as const) await isOn(side, 'there is a rack');

  expect(relationOf('there is a rack')).toEqual({
    rel_type: 'm.thread',
    event_id: three.idOf('matrix', 'where do the bikes go?'),
    is_falling_back: false,
    'm.in_reply_to': { event_id: three.idOf('matrix', 'behind the hall') },
  });
  const inSlack = three.idOf('slack', 'where do the bikes go?');
  expect(three.answeredBy('slack', 'there is a rack')).toBe(inSlack);
});
