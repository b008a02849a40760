import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { Client } from 'pg';
import type { Replica } from '../e2e/world.js';
import { type SeenEvent, Town } from './town.js';

/** One pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** The whole conversation between Talk and Matrix, each thing in both directions. */
// A homeserver and all servers on one machine: what takes seconds may take a minute.
jest.setTimeout(180_000);

describe('the whole conversation with a real Synapse', () => {
  let town: Town;
  let replica: Replica;

  beforeAll(async () => {
    town = await Town.build();
    const power = await town.matrixState('m.room.power_levels');
    // What the bridge is to change in the room, it needs the power for.
    const users = { ...(power?.['users'] as object), '@crosstalk:synapse.test': 50 };
    await town.miaSetsState('m.room.power_levels', { ...power, users });
    replica = town.start();
    await replica.ready();
  }, 180_000);
  afterAll(() => town?.close(), 60_000);

  const inMatrix = (pattern: RegExp): Promise<SeenEvent> =>
    town.soon(`${String(pattern)} in the Matrix room`, async () =>
      (await town.matrixMessages()).find(
        ({ sender, content }) => sender !== town.mia.id && pattern.test(content.body ?? ''),
      ),
    );
  interface TalkRow {
    readonly id: number;
    readonly message: string;
    readonly systemMessage: string;
    readonly messageType: string;
    readonly actorId: string;
    readonly silent?: boolean;
    readonly parent?: { readonly id: number; readonly message?: string };
  }
  const talkRows = (): TalkRow[] => town.talk.messages(town.talkRoom) as unknown as TalkRow[];
  const inTalk = (pattern: RegExp): Promise<TalkRow> =>
    town.soon(`${String(pattern)} in the Talk room`, () =>
      talkRows().find(({ actorId, message }) => actorId === 'bridge' && pattern.test(message)),
    );
  const says = (text: string, options: Parameters<typeof town.talk.post>[3] = {}): number =>
    town.talk.post(town.talkRoom, 'anna', text, options);
  const editsOf = async (event: string): Promise<(string | undefined)[]> =>
    (await town.relations(event, 'm.replace')).map(({ content }) => content['m.new_content']?.body);
  const reactionsTo = async (event: string): Promise<string[]> =>
    (await town.relations(event, 'm.annotation'))
      .map(({ sender, content }) => `${sender.split(':')[0] ?? ''} ${(content['m.relates_to'] as { key: string }).key}`)
      .sort();
  const talkReactions = (id: number): string[] =>
    town.talk.reactionsTo(town.talkRoom, id).map(({ user, emoji }) => `${user} ${emoji}`);

  describe('formatting', () => {
    it('from Talk', async () => {
      says('formatted **bold** *it* ~~gone~~ `code`\n\n- one\n- two\n\n```js\nlet a = "<b>";\n```');
      const { content } = await inMatrix(/^formatted/);
      expect(content.formatted_body).toContain('<strong>bold</strong> <em>it</em> <del>gone</del> <code>code</code>');
      expect(content.formatted_body).toContain('<li>one</li>');
      expect(content.formatted_body).toContain('<pre><code class="language-js">let a = &quot;&lt;b&gt;&quot;;');
    });

    it('from Matrix', async () => {
      await town.miaSays({
        body: 'formatted',
        format: 'org.matrix.custom.html',
        formatted_body:
          'formatted <strong>bold</strong> <em>it</em> <del>gone</del> <code>a*b*c</code><ul><li>one</li><li>two</li></ul>',
      });
      const { message } = await inTalk(/formatted/);
      expect(message).toContain('**bold** *it* ~~gone~~ `a*b*c`');
      expect(message).toMatch(/[-*] one\n[-*] two/);
    });

    it('what looks like markup stays text', async () => {
      says('text <b>no bold</b> & such');
      const { content } = await inMatrix(/^text <b>/);
      expect(content.body).toBe('text <b>no bold</b> & such');
      await town.miaSays({ body: 'text **no bold** 1. a' });
      expect((await inTalk(/text .*no bold/)).message).not.toContain(' **no bold** ');
    });
  });

  it('mentions: a ghost is its person, a person of Talk is their ghost, nobody else is called', async () => {
    says('mention of @"ben"');
    const toGhost = await inMatrix(/^mention of/);
    expect(toGhost.content.formatted_body).toContain('https://matrix.to/#/@crosstalk_cloud_users=2fben:synapse.test');
    await town.miaSays({
      body: 'mention of Ben and @anna',
      format: 'org.matrix.custom.html',
      formatted_body:
        'mention of <a href="https://matrix.to/#/@crosstalk_cloud_users=2fben:synapse.test">Ben</a> and @anna',
      'm.mentions': { user_ids: ['@crosstalk_cloud_users=2fben:synapse.test'] },
    });
    const row = (await inTalk(/mention of/)) as TalkRow & { messageParameters: Record<string, { id?: string }> };
    const mentioned = Object.entries(row.messageParameters).filter(([name]) => name.startsWith('mention-'));
    expect(mentioned.map(([, { id }]) => id)).toEqual(['ben']);
  });

  it('everyone is called where the author may', async () => {
    says('all @all');
    expect((await inMatrix(/^all/)).content['m.mentions']).toEqual({ room: true });
    await town.miaSays({ body: 'room @room', 'm.mentions': { room: true } });
    const row = (await inTalk(/room .*\{mention-call/)) as TalkRow & {
      messageParameters: Record<string, { type?: string }>;
    };
    expect(Object.values(row.messageParameters).some(({ type }) => type === 'call')).toBe(true);
  });

  it('rooms: a link to one is a link to the other', async () => {
    await town.miaSays({
      body: 'the room Team',
      format: 'org.matrix.custom.html',
      formatted_body: `the room <a href="https://matrix.to/#/${town.matrixRoom}">Team</a>`,
    });
    expect((await inTalk(/the room/)).message).toContain(`/call/${town.talkRoom}`);
  });

  it('replies: to each other, and with a quote where the other was never bridged', async () => {
    const asked = says('question?');
    const question = await inMatrix(/^question/);
    await town.miaSays({ body: 'answer', 'm.relates_to': { 'm.in_reply_to': { event_id: question.event_id } } });
    expect((await inTalk(/: answer$/)).parent?.id).toBe(asked);
    const said = await town.miaSays({ body: 'statement' });
    const { id } = await inTalk(/: statement$/);
    says('agreed', { replyTo: id });
    expect((await inMatrix(/^agreed/)).content['m.relates_to']).toEqual({ 'm.in_reply_to': { event_id: said } });
  });

  it('edits, and edits of edits', async () => {
    const id = says('first version');
    const copy = await inMatrix(/^first version/);
    town.talk.edit(town.talkRoom, 'anna', id, 'second version');
    await town.soon('the edit', async () => (await editsOf(copy.event_id)).at(-1) === 'second version' || undefined);
    town.talk.edit(town.talkRoom, 'anna', id, 'third version');
    await town.soon(
      'the second edit',
      async () => (await editsOf(copy.event_id)).at(-1) === 'third version' || undefined,
    );

    const event = await town.miaSays({ body: 'one version' });
    const row = await inTalk(/one version/);
    for (const text of ['two versions', 'three versions']) {
      await town.miaSays({
        body: `* ${text}`,
        'm.new_content': { msgtype: 'm.text', body: text },
        'm.relates_to': { rel_type: 'm.replace', event_id: event },
      });
      await town.soon(text, () => talkRows().find(({ id: of, message }) => of === row.id && message.includes(text)));
    }
  });

  it('an edit that comes too late for Talk is a correction', async () => {
    const event = await town.miaSays({ body: 'old news' });
    const row = await inTalk(/old news/);
    await town.soon('the copy to be written down', async () => (await aged(row.id)) || undefined);
    await town.miaSays({
      body: '* new news',
      'm.new_content': { msgtype: 'm.text', body: 'new news' },
      'm.relates_to': { rel_type: 'm.replace', event_id: event },
    });
    const correction = await inTalk(/✏️ new news/);
    expect(correction.parent?.id).toBe(row.id);
    await town.miaRedacts(event);
    await town.soon(
      'both to go',
      () =>
        talkRows().filter(
          ({ id, messageType }) => [row.id, correction.id].includes(id) && messageType === 'comment_deleted',
        ).length === 2 || undefined,
    );
  });

  async function aged(id: number): Promise<boolean> {
    const database = new Client({ connectionString: town.databaseUrl });
    await database.connect();
    try {
      const change = `update copies set made_at = made_at - interval '25 hours' where account = 'cloud' and remote = $1`;
      return ((await database.query(change, [String(id)])).rowCount ?? 0) > 0;
    } finally {
      await database.end();
    }
  }

  it('deletions by author and moderator', async () => {
    const own = says('anna takes this back');
    const copy = await inMatrix(/^anna takes/);
    town.talk.remove(town.talkRoom, 'anna', own);
    await town.soon('the redaction', async () => (await town.isRedacted(copy.event_id)) || undefined);

    const moderated = says('mia removes this');
    await town.miaRedacts((await inMatrix(/^mia removes/)).event_id);
    await town.soon('the deletion', () =>
      talkRows().find(({ id, messageType }) => id === moderated && messageType === 'comment_deleted'),
    );

    const event = await town.miaSays({ body: 'mia takes this back' });
    const row = await inTalk(/mia takes this back/);
    await town.miaRedacts(event);
    await town.soon('the deletion', () =>
      talkRows().find(({ id, messageType }) => id === row.id && messageType === 'comment_deleted'),
    );

    const other = await town.miaSays({ body: 'a moderator of Talk removes this' });
    const shown = await inTalk(/a moderator of Talk/);
    town.talk.rooms.promote(town.talkRoom, 'ben');
    town.talk.remove(town.talkRoom, 'ben', shown.id);
    await town.soon('the redaction', async () => (await town.isRedacted(other)) || undefined);
  });

  it('reactions: ghosts each their own, one account for many', async () => {
    const id = says('react to this');
    const copy = await inMatrix(/^react to this/);
    town.talk.react(town.talkRoom, 'anna', id, '👍');
    town.talk.react(town.talkRoom, 'ben', id, '👍');
    const both = ['@crosstalk_cloud_users=2fanna 👍\ufe0f', '@crosstalk_cloud_users=2fben 👍\ufe0f'];
    await town.soon('both reactions', async () => (await reactionsTo(copy.event_id)).length === 2 || undefined);
    expect(await reactionsTo(copy.event_id)).toEqual(both);
    town.talk.unreact(town.talkRoom, 'anna', id, '👍');
    await town.soon('one to go', async () => (await reactionsTo(copy.event_id)).length === 1 || undefined);
    expect(await reactionsTo(copy.event_id)).toEqual(both.slice(1));

    const noah = await town.newcomer('Noah');
    const react = (): Promise<string> =>
      town.miaSends('m.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: copy.event_id, key: '🎉' } });
    const reaction = await react();
    await town.soon('the relay', () => talkReactions(id).includes('bridge 🎉') || undefined);
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(town.matrixRoom)}`;
    const second = (await town.synapse.call(
      'PUT',
      `${path}/send/m.reaction/noah1`,
      { 'm.relates_to': { rel_type: 'm.annotation', event_id: copy.event_id, key: '🎉' } },
      noah.token,
    )) as { event_id: string };
    await town.miaRedacts(reaction);
    says('the reaction stays');
    await inMatrix(/^the reaction stays/);
    await town.miaSays({ body: 'and is still there' });
    await inTalk(/and is still there/);
    expect(talkReactions(id)).toContain('bridge 🎉');
    await town.synapse.call('PUT', `${path}/redact/${encodeURIComponent(second.event_id)}/noah2`, {}, noah.token);
    await town.soon('the relay to take it back', () => !talkReactions(id).includes('bridge 🎉') || undefined);
    await town.leaves(noah);
  });

  it('silent messages, emotes and notices', async () => {
    says('quietly', { silent: true });
    expect((await inMatrix(/^quietly/)).content.msgtype).toBe('m.notice');
    await town.miaSays({ msgtype: 'm.emote', body: 'waves' });
    expect((await inTalk(/Mia.*waves/)).message).not.toContain(':');
    await town.miaSays({ msgtype: 'm.notice', body: 'a notice' });
    expect((await inTalk(/a notice/)).silent).toBe(true);
  });

  it('long messages are split, and edited in parts', async () => {
    const long = (word: string): string => `${word} `.repeat(31_000 / (word.length + 1)).trim();
    const id = says(long('漢字漢字'));
    const parts = async (word: string): Promise<SeenEvent[]> =>
      (await town.matrixMessages()).filter(
        ({ sender, content }) => sender !== town.mia.id && content.body?.startsWith(word),
      );
    await town.soon('two parts', async () => (await parts('漢字')).length >= 2 || undefined);
    const [first, ...others] = await parts('漢字');
    town.talk.edit(town.talkRoom, 'anna', id, 'short now');
    await town.soon('the edit', async () => (await editsOf(first?.event_id ?? '')).at(-1) === 'short now' || undefined);
    for (const other of others) {
      await town.soon('the rest to go', async () => (await town.isRedacted(other.event_id)) || undefined);
    }

    const event = await town.miaSays({ body: 'grows' });
    const row = await inTalk(/: grows$/);
    const grown = long('growing');
    await town.miaSays({
      body: '* grows',
      'm.new_content': { msgtype: 'm.text', body: `${grown} ${grown}`.slice(0, 50_000) },
      'm.relates_to': { rel_type: 'm.replace', event_id: event },
    });
    await town.soon(
      'it to grow',
      () =>
        talkRows().filter(({ actorId, message }) => actorId === 'bridge' && message.includes('growing growing'))
          .length >= 2 || undefined,
    );
    expect(talkRows().find(({ id: of }) => of === row.id)?.message).toContain('growing growing');
  });

  it('the name, description and picture of the room', async () => {
    town.talk.rooms.rename(town.talkRoom, 'Renamed in Talk', 'anna');
    await town.soon(
      'the name',
      async () => (await town.matrixState('m.room.name'))?.['name'] === 'Renamed in Talk' || undefined,
    );
    await town.miaSetsState('m.room.name', { name: 'Renamed in Matrix' });
    await town.soon(
      'the name',
      () => town.talk.rooms.describe(town.talkRoom).name === 'Renamed in Matrix' || undefined,
    );
    await town.miaSetsState('m.room.topic', { topic: 'About that' });
    await town.soon(
      'the topic',
      () => town.talk.rooms.describe(town.talkRoom).description === 'About that' || undefined,
    );
    await town.miaSetsState('m.room.avatar', { url: await town.upload(png, 'image/png') });
    await town.soon('the picture', () => town.talk.rooms.describe(town.talkRoom).hasPicture || undefined);
  });

  it('files, each byte for byte: with their words, a name that is none, and what is large', async () => {
    const large = randomBytes(3_000_000);
    const sent = [
      { name: 'meadow.png', mimetype: 'image/png', data: png, caption: 'a file from Talk with words' },
      { name: 'Übersicht (final) 🦒.bin', mimetype: 'application/octet-stream', data: large, caption: '' },
    ];
    for (const file of sent) town.talk.shareFile(town.talkRoom, 'anna', file);
    for (const { name, data } of sent) {
      const { content } = await town.soon(`${name} in the Matrix room`, async () =>
        (await town.matrixMessages()).find((event) => event.content.filename === name),
      );
      expect(content).toMatchObject({ body: name === 'meadow.png' ? 'a file from Talk with words' : name });
      expect((await town.download(content.url ?? '')).equals(data)).toBe(true);
    }
    for (const { name, mimetype, data, caption } of sent) {
      const url = await town.upload(data, mimetype);
      const words = caption === '' ? { body: `odd/${name}` } : { body: 'a file from Matrix', filename: name };
      await town.miaSays({ msgtype: 'm.file', ...words, url, info: { mimetype, size: data.length } });
    }
    for (const [name, { data }] of [
      ['meadow.png', sent[0]!],
      ['odd_Übersicht (final) 🦒.bin', sent[1]!],
    ] as const) {
      const file = await town.soon(`${name} in the Talk room`, () =>
        town.talk.state.files.of('bridge').find((each) => each.name === name),
      );
      expect(file.data.whole().equals(data)).toBe(true);
      await inTalk(name === 'meadow.png' ? /a file from Matrix/ : /odd.Übersicht/);
    }
  });

  it('who joins and leaves', async () => {
    town.talk.accounts.add({ id: 'cleo', displayName: 'Cleo' });
    town.talk.rooms.addMember(town.talkRoom, 'cleo', 'anna');
    const ghost = '@crosstalk_cloud_users=2fcleo:synapse.test';
    const membership = async (): Promise<unknown> => (await town.matrixState('m.room.member', ghost))?.['membership'];
    await town.soon('her ghost', async () => (await membership()) === 'join' || undefined);
    town.talk.rooms.removeMember(town.talkRoom, 'cleo', 'anna');
    await town.soon('her ghost to leave', async () => (await membership()) === 'leave' || undefined);

    const olga = await town.newcomer('Olga');
    expect((await inTalk(/Olga.*joined/)).silent).toBe(true);
    await town.leaves(olga);
    await inTalk(/Olga.*left/);
  });

  it('a cleared history', async () => {
    town.talk.rooms.clearHistory(town.talkRoom, 'anna');
    expect((await inMatrix(/cleared the history/)).content.msgtype).toBe('m.notice');
    says('after that');
    await inMatrix(/^after that/);
  });

  it('what was edited, deleted and reacted to while Crosstalk was away is made up for', async () => {
    const [edited, deleted, reacted] = ['away one', 'away two', 'away three'].map((text) => says(text)) as [
      number,
      number,
      number,
    ];
    const copies = [await inMatrix(/^away one/), await inMatrix(/^away two/), await inMatrix(/^away three/)] as const;
    town.talk.react(town.talkRoom, 'ben', reacted, '👍');
    await town.soon('the reaction', async () => (await reactionsTo(copies[2].event_id)).length === 1 || undefined);
    const event = await town.miaSays({ body: 'away four' });
    const row = await inTalk(/away four/);
    await replica.kill();
    town.talk.edit(town.talkRoom, 'anna', edited, 'away one edited');
    town.talk.remove(town.talkRoom, 'anna', deleted);
    town.talk.unreact(town.talkRoom, 'ben', reacted, '👍');
    town.talk.react(town.talkRoom, 'anna', reacted, '🎉');
    await town.miaRedacts(event);
    replica = town.start();
    await replica.ready();
    await town.soon(
      'the edit',
      async () => (await editsOf(copies[0].event_id)).at(-1) === 'away one edited' || undefined,
    );
    await town.soon('the deletion', async () => (await town.isRedacted(copies[1].event_id)) || undefined);
    await town.soon(
      'the reactions',
      async () => (await reactionsTo(copies[2].event_id)).join() === '@crosstalk_cloud_users=2fanna 🎉' || undefined,
    );
    await town.soon('the deletion', () =>
      talkRows().find(({ id, messageType }) => id === row.id && messageType === 'comment_deleted'),
    );
  });
});
