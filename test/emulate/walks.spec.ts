import { wearPicture } from '../e2e/picture.js';
import { botUser, tokens } from './emulated-slack.js';
import { Town } from './town.js';

const mia = '@mia:sandbox.test';
const noah = '@noah:sandbox.test';

let town: Town;

beforeAll(async () => {
  town = await Town.build();
}, 120_000);
afterAll(() => town?.close(), 60_000);

const sayInSlack = async (text: string, more: object = {}, token = tokens.pia): Promise<string> =>
  (await town.slack.call<{ ts: string }>('chat.postMessage', { channel: town.channel, text, ...more }, token)).ts;
const sayInTalk = (text: string, replyTo?: number): number =>
  town.world.talk.post(town.talkRoom, 'anna', text, replyTo === undefined ? {} : { replyTo });
const sayInMatrix = (text: string, options: Parameters<typeof town.world.matrix.post>[3] = {}): string =>
  town.world.matrix.post(town.matrixRoom, mia, text, options);

describe('text with formatting', () => {
  it('from Slack to Talk and Matrix', async () => {
    await sayInSlack('formatted *bold* _it_ ~gone~ `a*b` <https://example.org|there>\n```let a = "&lt;b&gt;";```');
    const { message } = await town.inTalk('formatted');
    expect(message).toContain('**Pia** (Slack): formatted **bold** *it* ~~gone~~ `a*b` [there](https://example.org)');
    expect(message).toContain('let a = "<b>";');
    const { content, sender } = await town.inMatrix('formatted');
    expect(sender).toMatch(/^@crosstalk_town_/);
    expect(content['formatted_body']).toContain('<strong>bold</strong> <em>it</em> <del>gone</del> <code>a*b</code>');
  });

  it('from Talk to Slack', async () => {
    sayInTalk('from Talk **bold** *it* ~~gone~~ `a*b`\n\n- one\n- two');
    const { blocks } = await town.inSlack('from Talk');
    const said = JSON.stringify(blocks);
    expect(said).toContain('"text":"bold","style":{"bold":true}');
    expect(said).toContain('"text":"it","style":{"italic":true}');
    expect(said).toContain('"text":"gone","style":{"strike":true}');
    expect(said).toContain('"text":"a*b","style":{"code":true}');
    expect(said).toContain('"type":"rich_text_list"');
  });

  it('from Matrix to Slack', async () => {
    sayInMatrix('from Matrix bold', {
      formattedBody: 'from Matrix <strong>bold</strong><blockquote>said before</blockquote>',
    });
    const said = JSON.stringify((await town.inSlack('from Matrix')).blocks);
    expect(said).toContain('"text":"bold","style":{"bold":true}');
    expect(said).toContain('"type":"rich_text_quote"');
  });
});

describe('people', () => {
  it('of Talk and Matrix stand in Slack under their names', async () => {
    sayInTalk('who am I, Talk?');
    sayInMatrix('who am I, Matrix?');
    expect(await town.inSlack('who am I, Talk?')).toMatchObject({ username: 'Anna (Talk)', user: botUser });
    expect(await town.inSlack('who am I, Matrix?')).toMatchObject({ username: 'Mia (Matrix)', user: botUser });
  });

  it('of Matrix with a picture stand in Slack under it', async () => {
    const picture = Buffer.from('89504e470d0a1a0a', 'hex');
    await wearPicture(town.world, noah, picture);
    town.world.matrix.post(town.matrixRoom, noah, 'how do I look?');
    const { icon_url: address = '' } = await town.inSlack('how do I look?');
    const answer = await fetch(address);
    expect([answer.headers.get('content-type'), Buffer.from(await answer.arrayBuffer())]).toEqual([
      'image/png',
      picture,
    ]);
  });

  it('of Slack have a ghost in Matrix by their name', async () => {
    await sayInSlack('who is Quinn?', {}, tokens.quinn);
    const { sender } = await town.inMatrix('who is Quinn?');
    const member = town.world.matrix.members(town.matrixRoom).find(({ userId }) => userId === sender);
    expect(member?.name).toContain('Quinn');
    expect((await town.inTalk('who is Quinn?')).message).toBe('**Quinn** (Slack): who is Quinn?');
  });
});

describe('edits', () => {
  it('in Slack reach Talk and Matrix', async () => {
    const ts = await sayInSlack('Slack says it first');
    const event = await town.inMatrix('Slack says it first');
    await town.inTalk('Slack says it first');
    await town.slack.call('chat.update', { channel: town.channel, ts, text: 'Slack says it better' }, tokens.pia);
    await town.inTalk('Slack says it better');
    await town.soon('the edit in Matrix', () => town.matrixEdits(event.eventId)[0]);
    expect(town.matrixEdits(event.eventId)).toEqual(['Slack says it better']);
  });

  it('in Talk and Matrix reach Slack', async () => {
    const id = sayInTalk('Talk says it first');
    const event = sayInMatrix('Matrix says it first');
    const before = [await town.inSlack('Talk says it first'), await town.inSlack('Matrix says it first')];
    town.world.talk.edit(town.talkRoom, 'anna', id, 'Talk says it better');
    town.world.matrix.edit(town.matrixRoom, mia, event, 'Matrix says it better');
    const after = [await town.inSlack('Talk says it better'), await town.inSlack('Matrix says it better')];
    expect(after.map(({ ts }) => ts)).toEqual(before.map(({ ts }) => ts));
  });
});

describe('deletions', () => {
  it('in Slack reach Talk and Matrix', async () => {
    const ts = await sayInSlack('Slack takes it back');
    const { eventId } = await town.inMatrix('Slack takes it back');
    await town.inTalk('Slack takes it back');
    await town.slack.call('chat.delete', { channel: town.channel, ts }, tokens.pia);
    await town.soon('the deletion in Matrix', () =>
      town.matrixMessages().some((message) => message.eventId === eventId) ? undefined : true,
    );
    await town.soon('the deletion in Talk', () =>
      town.talkRows().some(({ message }) => message.includes('Slack takes it back')) ? undefined : true,
    );
  });

  it('in Talk and Matrix reach Slack', async () => {
    const id = sayInTalk('Talk takes it back');
    const event = sayInMatrix('Matrix takes it back');
    await town.inSlack('Talk takes it back');
    await town.inSlack('Matrix takes it back');
    town.world.talk.remove(town.talkRoom, 'anna', id);
    town.world.matrix.redact(town.matrixRoom, mia, event);
    await town.soon('both deletions in Slack', async () =>
      (await town.slack.messages(town.channel)).some(({ text }) => / takes it back$/.test(text)) ? undefined : true,
    );
  });
});

describe('reactions', () => {
  it('in Talk and Matrix reach Slack once for both, and go with the last', async () => {
    const ts = await sayInSlack('what do you think?');
    const row = await town.inTalk('what do you think?');
    const { eventId } = await town.inMatrix('what do you think?');
    const reactions = async (): Promise<readonly unknown[]> =>
      (await town.slack.messages(town.channel)).find((message) => message.ts === ts)?.reactions ?? [];
    town.world.talk.react(town.talkRoom, 'anna', row.id, '🎉');
    const reaction = town.world.matrix.react(town.matrixRoom, mia, eventId, '🎉');
    await town.soon('the reaction in Slack', async () => (await reactions())[0]);
    expect(await reactions()).toEqual([{ name: 'tada', users: [botUser], count: 1 }]);
    town.world.talk.unreact(town.talkRoom, 'anna', row.id, '🎉');
    town.world.matrix.redact(town.matrixRoom, mia, reaction);
    await town.soon('no reaction in Slack', async () => ((await reactions()).length === 0 ? true : undefined));
  });
});

describe('threads', () => {
  it('a reply in Slack opens a thread in Talk that is called after the message, and is in its thread in Matrix', async () => {
    sayInTalk('Talk asks');
    const { ts } = await town.inSlack('Talk asks');
    const event = await town.inMatrix('Talk asks');
    await sayInSlack('Slack answers', { thread_ts: ts });
    const answer = await town.inTalk('Slack answers');
    expect(answer).toMatchObject({ threadId: answer.id, threadTitle: 'Talk asks' });
    const { content } = await town.inMatrix('Slack answers');
    expect(content['m.relates_to']).toMatchObject({ rel_type: 'm.thread', event_id: event.eventId });
  });

  it('a reply in Talk, and one in a thread of Matrix, are in the thread in Slack', async () => {
    const ts = await sayInSlack('Slack asks');
    const row = await town.inTalk('Slack asks');
    const event = await town.inMatrix('Slack asks');
    sayInTalk('Talk answers', row.id);
    sayInMatrix('Matrix answers', { thread: event.eventId });
    expect((await town.inSlack('Talk answers')).thread_ts).toBe(ts);
    expect((await town.inSlack('Matrix answers')).thread_ts).toBe(ts);
  });
});

describe('files', () => {
  const plan = Buffer.from('%PDF-1.4 what we are up to');

  it('from Slack to Talk and Matrix, byte for byte, with their words', async () => {
    await town.slack.share(town.channel, 'plan.pdf', plan, 'Slack has a plan', tokens.pia);
    const { content } = await town.soon('the file on Matrix', () =>
      town.matrixMessages().find((message) => message.content['filename'] === 'plan.pdf'),
    );
    expect(content).toMatchObject({ msgtype: 'm.file', body: expect.stringContaining('Slack has a plan') as unknown });
    expect(town.world.matrix.fileAt(String(content['url']))?.bytes.whole().equals(plan)).toBe(true);
    const { id } = await town.soon('the file in Talk', () => town.talkFile('plan.pdf'));
    expect(town.world.talk.state.files.byId(Number(id))?.data.whole().equals(plan)).toBe(true);
  });

  it('from Talk and Matrix to Slack, byte for byte', async () => {
    town.world.talk.shareFile(town.talkRoom, 'anna', {
      name: 'from-talk.pdf',
      mimetype: 'application/pdf',
      data: plan,
      caption: 'Talk has a plan',
    });
    const url = town.world.matrix.upload(plan, 'application/pdf', 'from-matrix.pdf');
    const info = { mimetype: 'application/pdf', size: plan.length };
    town.world.matrix.sendEvent(town.matrixRoom, mia, 'm.room.message', {
      msgtype: 'm.file',
      body: 'from-matrix.pdf',
      url,
      info,
    });
    for (const name of ['from-talk.pdf', 'from-matrix.pdf']) {
      const file = await town.soon(`${name} in Slack`, async () =>
        (await town.slack.messages(town.channel)).flatMap(({ files = [] }) => files).find((each) => each.name === name),
      );
      expect((await town.slack.bytesOf(file)).equals(plan)).toBe(true);
    }
  });

  it('one that is deleted in Talk is deleted in Slack', async () => {
    const id = town.world.talk.shareFile(town.talkRoom, 'anna', {
      name: 'gone.pdf',
      mimetype: 'application/pdf',
      data: plan,
    });
    const isThere = async (): Promise<boolean> =>
      (await town.slack.messages(town.channel)).some(({ files = [] }) => files.some(({ name }) => name === 'gone.pdf'));
    await town.soon('the file in Slack', async () => ((await isThere()) ? true : undefined));
    town.world.talk.remove(town.talkRoom, 'anna', id);
    await town.soon('no file in Slack', async () => ((await isThere()) ? undefined : true));
  });
});

describe('polls', () => {
  it('of Talk are a message with buttons in Slack: a press is counted everywhere, and the end takes the buttons', async () => {
    const poll = town.world.talk.polls.ask(town.talkRoom, 'anna', 'Which day?', ['Friday', 'Saturday']);
    const { ts, username } = await town.inSlack('📊 Which day?');
    expect(username).toBe('Anna (Talk)');
    const shown = async (): Promise<string> =>
      JSON.stringify((await town.slack.messages(town.channel)).find((message) => message.ts === ts)?.blocks);
    const shows = (words: string): Promise<true> =>
      town.soon(`"${words}" in Slack`, async () => ((await shown()).includes(words) ? true : undefined));
    expect(await shown()).toContain('crosstalk.vote');
    const press = (user: string, action: object): Promise<number> =>
      town.press(user, ts, { type: 'button', block_id: 'b', ...action });
    expect(await press('pia', { action_id: 'crosstalk.vote', value: '1' })).toBe(200);
    await shows('Saturday — 1');
    expect(await press('pia', { action_id: 'crosstalk.vote', value: '0' })).toBe(200);
    await shows('Friday — 1');
    await shows('Saturday — 0');
    await town.soon('the vote under the poll in Talk', () =>
      town.talkRows().find(({ message }) => message === '📊 Votes from elsewhere: Friday 1'),
    );
    town.world.talk.polls.close(town.talkRoom, 'anna', poll);
    await shows('The poll is over · 1 person voted');
    expect(await shown()).not.toContain('crosstalk.vote');
  });

  it('of Matrix with several answers have a menu in Slack', async () => {
    const start = 'org.matrix.msc3381.poll.start';
    town.world.matrix.sendEvent(town.matrixRoom, mia, start, {
      [start]: {
        question: { body: 'What to bring?' },
        kind: 'org.matrix.msc3381.poll.disclosed',
        max_selections: 2,
        answers: ['cake', 'tea'].map((answer, at) => ({ id: String(at), 'org.matrix.msc1767.text': answer })),
      },
    });
    const { ts } = await town.inSlack('📊 What to bring?');
    const options = [{ value: '0' }, { value: '1' }];
    const menu = {
      type: 'multi_static_select',
      block_id: 'b',
      action_id: 'crosstalk.votes',
      selected_options: options,
    };
    expect(await town.press('quinn', ts, menu)).toBe(200);
    const response = 'org.matrix.msc3381.poll.response';
    await town.soon('the vote on Matrix', () =>
      town.world.matrix
        .messages(town.matrixRoom)
        .find(
          ({ type, content }) => type === response && JSON.stringify(content[response]) === '{"answers":["0","1"]}',
        ),
    );
  });
});

it('nothing came back, and nothing came twice', async () => {
  sayInTalk('the last word');
  await town.inSlack('the last word');
  await town.inMatrix('the last word');
  const shown = [
    (await town.slack.messages(town.channel)).map(({ text }) => text),
    town.talkRows().map(({ message }) => message),
    town.matrixMessages().map(({ content }) => String(content['body'])),
  ];
  for (const text of ['who am I, Talk?', 'who am I, Matrix?', 'who is Quinn?', 'Slack answers', 'the last word']) {
    expect([text, ...shown.map((texts) => texts.filter((each) => each.includes(text)).length)]).toEqual([
      text,
      1,
      1,
      1,
    ]);
  }
});
