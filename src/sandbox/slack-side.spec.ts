import { setTimeout as sleep } from 'node:timers/promises';
import { plainText } from './shown-text.js';
import { ActRefused, type SideChange } from './side.js';
import { SlackSide } from './slack-side.js';
import { slackTeam } from './slack/place.js';
import { typedRichText } from './typed-rich-text.js';

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

describe('a channel of Slack that the service writes in', () => {
  let side: SlackSide;
  let changes: SideChange[];
  beforeEach(async () => {
    side = new SlackSide('Team', slackTeam('Team'));
    await side.start(0);
    changes = [];
    side.onChange((change) => changes.push(change));
  });
  afterEach(async () => {
    await side.stop();
  });

  const call = async (method: string, fields: Readonly<Record<string, string>>): Promise<Record<string, unknown>> => {
    const { apiUrl, botToken } = side.account() as { apiUrl: string; botToken: string };
    const headers = { authorization: `Bearer ${botToken}` };
    const answer = await fetch(`${apiUrl}${method}`, { method: 'POST', headers, body: new URLSearchParams(fields) });
    return (await answer.json()) as Record<string, unknown>;
  };
  const newest = () => {
    const change = changes.findLast((each) => each.type === 'entry');
    if (change?.entry.kind !== 'message') throw new Error('no message was told of');
    return change.entry;
  };

  it('shows what comes from elsewhere under its author’s name, with its key', async () => {
    const reached: number[] = [];
    side.onReached(({ atMs }) => reached.push(atMs));
    const key = 'k'.repeat(46);
    await call('chat.postMessage', {
      channel: side.roomId,
      text: 'hi *all*',
      username: 'Anna (Talk)',
      metadata: JSON.stringify({ event_type: 'delivery', event_payload: { key } }),
    });
    expect(reached).toHaveLength(1);
    expect(newest()).toMatchObject({ author: { name: 'Anna (Talk)' }, origin: 'bridged', isCopy: true, key });
    expect(plainText(newest().text ?? [])).toBe('hi all');
    expect(newest()).not.toHaveProperty('typed');
    await call('chat.postMessage', { channel: side.roomId, text: 'The bridge speaks' });
    expect(newest()).toMatchObject({ author: { name: 'Crosstalk' }, origin: 'bridged', isCopy: false });
  });

  it('shows reactions of the service, and what it deletes as deleted', async () => {
    const [pia = ''] = side.people.map(({ id }) => id);
    side.act(pia, { do: 'say', text: 'hello' });
    const { id } = newest();
    await call('reactions.add', { channel: side.roomId, timestamp: id, name: 'tada' });
    expect(newest()).toMatchObject({ id, reactions: [{ emoji: '🎉', by: [{ name: 'Crosstalk' }] }] });
    const { ts } = await call('chat.postMessage', { channel: side.roomId, text: 'gone soon', username: 'Anna' });
    await call('chat.delete', { channel: side.roomId, ts: String(ts) });
    expect(newest()).toMatchObject({ id: ts, text: null, author: { name: 'Anna' } });
  });

  it('a command that is typed goes to its app, and its answer is for that person alone', async () => {
    const [pia = '', quinn = ''] = side.people.map(({ id }) => id);
    side.act(pia, { do: 'say', text: '/nothing at all' });
    expect(newest()).toMatchObject({ author: { name: 'Slackbot' }, onlyFor: pia });
    expect(plainText(newest().text ?? [])).toBe('/nothing is not a valid command.');
    // Nobody listens.
    side.act(quinn, { do: 'say', text: '/crosstalk status' });
    await until(() => newest().onlyFor === quinn);
    expect(plainText(newest().text ?? [])).toMatch(/^\/crosstalk failed with the error "/);
    await call('chat.postEphemeral', { channel: side.roomId, user: quinn, text: 'for *you*' });
    expect(newest()).toMatchObject({ author: { name: 'Crosstalk' }, onlyFor: quinn, style: 'usual' });
    side.act(pia, { do: 'say', text: '/me waves' });
    expect(newest()).toMatchObject({ author: { name: 'Pia' }, style: 'act' });
    expect(newest()).not.toHaveProperty('onlyFor');
    const { messages } = await call('conversations.history', { channel: side.roomId, limit: '1' });
    expect(messages).toMatchObject([{ text: 'waves', subtype: 'me_message' }]);
  });

  it('a typed name calls its person, and the app', async () => {
    const [pia = ''] = side.people.map(({ id }) => id);
    side.act(pia, { do: 'say', text: '@Crosstalk ask @quinn, @here' });
    const { user_id: app } = await call('auth.test', {});
    const [, quinn = ''] = side.people.map(({ id }) => id);
    const { messages } = await call('conversations.history', { channel: side.roomId, limit: '1' });
    expect(messages).toMatchObject([{ text: `<@${String(app)}> ask <@${quinn}>, <!here>` }]);
    expect(plainText(newest().text ?? [])).toBe('@Crosstalk ask @Quinn, @here');
  });

  it('who is invited and taken out by a command comes and goes', () => {
    const [pia = ''] = side.people.map(({ id }) => id);
    const names = () => side.members().map(({ name }) => name);
    side.act(pia, { do: 'say', text: '/remove @Crosstalk' });
    expect(names()).not.toContain('Crosstalk');
    side.act(pia, { do: 'say', text: '/invite @Crosstalk' });
    expect(names()).toContain('Crosstalk');
    expect(() => side.act(pia, { do: 'say', text: '/invite @nobody' })).toThrow(ActRefused);
  });

  it('tells who comes and goes, and new topics', async () => {
    await call('conversations.setTopic', { channel: side.roomId, topic: 'news' });
    await call('conversations.leave', { channel: side.roomId });
    expect(changes.flatMap((change) => (change.type === 'entry' ? [change.entry] : []))).toMatchObject([
      { kind: 'note', note: { what: 'described', to: 'news' } },
      { kind: 'note', note: { what: 'left', actor: 'Crosstalk' } },
    ]);
    expect(changes.at(-1)).toMatchObject({ type: 'members', members: side.people });
  });
});

describe('what Slack’s client makes of typed text', () => {
  it('is rich text: words, lists further in, quotes, code and links', () => {
    const typed = 'a **b**\n\n- one\n  - two\n\n> said\n\n```\nx < y\n```\n\n[A](https://a.test)';
    expect(typedRichText(typed)).toMatchObject([
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: 'a ' },
              { type: 'text', text: 'b', style: { bold: true } },
            ],
          },
          { type: 'rich_text_list', style: 'bullet', indent: 0, elements: [{ elements: [{ text: 'one' }] }] },
          { type: 'rich_text_list', style: 'bullet', indent: 1, elements: [{ elements: [{ text: 'two' }] }] },
          { type: 'rich_text_quote', elements: [{ type: 'text', text: 'said' }] },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'x < y' }] },
          { type: 'rich_text_section', elements: [{ type: 'link', url: 'https://a.test', text: 'A' }] },
        ],
      },
    ]);
  });

  it('is nothing for nothing', () => {
    expect(typedRichText('')).toEqual([]);
  });
});
