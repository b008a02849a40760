import { lendLogin } from '../../../test/contract/lent-login.js';
import { Reader, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf, happened, keyOf, message, requested } from '../../../test/contract/talk-requests.js';
import { fromPlain } from '../../formatting/plain.js';
import type {
  BridgeEvent,
  MessageDeleted,
  MessageEdited,
  MessageSent,
  ReactionAdded,
} from '../../model/bridge-event.js';
import { LoginRefused, NetworkUnavailable, TargetGone } from '../../model/errors.js';
import { deliveryId, remoteId, roomId, userId } from '../../model/ids.js';
import type { Lender, LendingNews } from '../../model/lending.js';
import type { Copy, Speaker } from '../../model/network-adapter.js';

const signal = new AbortController().signal;

const said = (text: string): MessageSent => ({
  ...happened,
  kind: 'messageSent',
  message,
  body: fromPlain(text),
  files: [],
  style: 'text',
});

describe('OwnSpeakers', () => {
  let at: TalkAtSandbox;
  let reader: Reader;
  let told: [string, LendingNews][];
  let parts: number;
  let serverAheadMs: number;

  /** Mia of Matrix, who is Bob in Talk. */
  const mia = (more: Partial<Speaker> = {}): Speaker => ({
    ...requested(at, said('')).request.speaker,
    as: 'own',
    otherwise: 'guest',
    person: { ...happened.actor, id: userId('@mia:there'), name: 'Mia' },
    profile: { name: 'Mia' },
    ...more,
  });
  const lend = (user = 'bob', lender: Lender = mia().person, adapter = at.adapter): Promise<void> =>
    lendLogin(at, lender, user, adapter);
  const say = async (text: string, more: object = {}, adapter = at.adapter): Promise<number> => {
    const number = (parts += 1);
    const asked = { speaker: mia(), key: (part: number) => keyOf(number * 10 + part), ...more };
    const { request, made } = requested(at, said(text), asked);
    await adapter.deliver.messageSent.send(request, signal);
    return Number(made[0]?.id);
  };
  const edit = async (id: number, text: string, adapter = at.adapter): Promise<void> => {
    const change = { kind: 'messageEdited', body: fromPlain(text), style: 'text', version: '2' } as const;
    const event: MessageEdited = { ...happened, ...change, message };
    const { request } = requested(at, event, { speaker: mia(), target: [copyOf(id)] });
    await adapter.deliver.messageEdited.send(request, signal);
  };
  const remove = async (id: number, adapter = at.adapter): Promise<void> => {
    const event: MessageDeleted = { ...happened, kind: 'messageDeleted', message, version: '3' };
    const { request } = requested(at, event, { speaker: mia(), target: [copyOf(id)] });
    await adapter.deliver.messageDeleted.send(request, signal);
  };
  const react = async (id: number, emoji: string, speaker = mia()): Promise<Copy> => {
    const event: ReactionAdded = { ...happened, kind: 'reactionAdded', message, emoji, version: '1' };
    const { request, made } = requested(at, event, { speaker, target: [copyOf(id)] });
    await at.adapter.deliver.reactionAdded.send(request, signal);
    return made[0]!;
  };
  const unreact = async (id: number, reaction: Copy, adapter = at.adapter): Promise<void> => {
    const event = { ...happened, kind: 'reactionRemoved', message, emoji: '👍', version: '2' } as const;
    const { request } = requested(at, event, { speaker: mia(), target: [copyOf(id)], reaction });
    await adapter.deliver.reactionRemoved.send(request, signal);
  };
  const rows = (): readonly Record<string, unknown>[] => at.talk.messages(at.token);
  const row = (id: number): Record<string, unknown> | undefined => rows().find((each) => each['id'] === id);
  const reactions = (id: number): string[] =>
    at.talk.reactionsTo(at.token, id).map(({ user, emoji }) => `${user} ${emoji}`);
  const events = async (): Promise<BridgeEvent[]> => {
    await reader.read();
    return reader.results().flatMap((result) => ('events' in result ? result.events : []));
  };
  /** Of what Bob is seen to have done: whose it is. */
  const bobs = async (): Promise<string[]> =>
    (await events())
      .filter(({ actor }) => actor.id === 'users/bob')
      .map(({ kind, actor }) => `${kind} ${actor.standing}`);
  const failLogins = (): void => at.talk.accounts.revokeAppPassword('bob');
  const open = async (
    type: 'group' | 'public' = 'group',
    members: readonly string[] = ['bob', 'carol'],
    settings = {},
  ): Promise<void> => {
    parts = 0;
    told = [];
    const lendingChanged = ({ id }: Lender, news: LendingNews): Promise<void> => {
      told.push([id, news]);
      return Promise.resolve();
    };
    serverAheadMs = 0;
    const clock = (): number => Date.now() + serverAheadMs;
    at = await talkAtSandbox({ clock }, { loginPollMs: 5, ...settings }, { lendingChanged });
    const token = at.talk.rooms.create({ name: 'Square', owner: 'carol', members: ['alice', ...members], type });
    at = { ...at, token, room: roomId(token) };
    reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    await lend();
    told = [];
  };

  afterEach(async () => {
    await at.close();
  });

  it('speaks, edits, deletes, answers and reacts as the user, also where our account moderates nothing', async () => {
    await open();
    expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['own', 'relay']);
    expect(await at.adapter.lending?.speaksIn(at.room, mia().person)).toBe(true);
    const question = at.talk.post(at.token, 'carol', 'question?');
    const id = await say('answer', { replyTo: copyOf(question) });
    expect(row(id)).toMatchObject({ actorType: 'users', actorId: 'bob', message: 'answer', parent: { id: question } });
    await edit(id, 'better answer');
    expect(row(id)).toMatchObject({ message: 'better answer', lastEditActorId: 'bob' });
    const reaction = await react(question, '👍');
    expect(reactions(question)).toEqual(['bob 👍']);
    await unreact(question, reaction);
    expect(reactions(question)).toEqual([]);
    await remove(id);
    expect(row(id)).toMatchObject({ messageType: 'comment_deleted' });
    expect(at.talk.ledger.entries(at.token).filter(({ actor }) => actor === 'users/alice')).toEqual([]);
  });

  it('what we do as the user comes back as our own, in whichever process', async () => {
    await open();
    const question = at.talk.post(at.token, 'carol', 'question?');
    const id = await say('one');
    expect((await events()).at(-1)).toMatchObject({ actor: { standing: 'ours' }, key: keyOf(10), body: [] });
    const other = at.make();
    await other.connect(signal);
    reader = new Reader(other, other.pulling, at.room).beginAt(reader.cursor);
    await edit(id, 'two');
    const reaction = await react(question, '👍');
    await unreact(question, reaction);
    await react(question, '👍');
    await remove(id);
    // Of a reaction that was never told, the core does not take it that it is taken back.
    expect((await bobs()).filter((each) => !each.endsWith('ours'))).toEqual(['reactionRemoved person']);
  });

  it('what the person does in Talk itself is theirs, once, amid what we do', async () => {
    await open();
    const id = await say('by us');
    const question = at.talk.post(at.token, 'carol', 'question?');
    await react(question, '👍');
    const own = at.talk.post(at.token, 'bob', 'by Bob himself');
    at.talk.edit(at.token, 'bob', own, 'by Bob');
    at.talk.react(at.token, 'bob', question, '🎉');
    at.talk.edit(at.token, 'bob', id, 'by us, changed by Bob');
    at.talk.remove(at.token, 'bob', own);
    expect((await bobs()).filter((each) => each.endsWith('person'))).toEqual([
      'reactionAdded person',
      'messageEdited person',
      'messageDeleted person',
    ]);
  });

  it('who changes a message of ours in Talk, and later back to what we wrote, did both', async () => {
    await open();
    const id = await say('one');
    await edit(id, 'two');
    expect((await bobs()).at(-1)).toBe('messageEdited ours');
    at.talk.edit(at.token, 'bob', id, 'three');
    expect((await bobs()).at(-1)).toBe('messageEdited person');
    serverAheadMs = 10_000;
    at.talk.edit(at.token, 'bob', id, 'two');
    expect((await bobs()).at(-1)).toBe('messageEdited person');
    serverAheadMs = 0;
    for (const text of ['four', 'two']) {
      await edit(id, text);
      expect((await bobs()).at(-1)).toBe('messageEdited ours');
    }
  });

  it('a reaction of a person who took ours back elsewhere, later and in Talk, is theirs', async () => {
    await open();
    const question = at.talk.post(at.token, 'carol', 'question?');
    const reaction = await react(question, '👍');
    await unreact(question, reaction);
    await reader.read();
    const acts = await at.store.list('own-act/');
    // Some time later.
    for (const { key, value } of acts) await at.store.put(key, { ...(value as object), emojis: { '👍': 1 } });
    at.talk.react(at.token, 'bob', question, '👍');
    expect((await bobs()).at(-1)).toBe('reactionAdded person');
  });

  it('a message that only looks like one of ours by its reference is its author’s', async () => {
    await open();
    at.talk.post(at.token, 'carol', 'copied', { referenceId: keyOf(10) });
    expect((await events()).at(-1)).toMatchObject({ actor: { id: 'users/carol', standing: 'person' } });
  });

  it('where the user is not in the room others speak, without asking for it as that user', async () => {
    await open('group', []);
    const asked: string[] = [];
    at.talk.faults.watch((method, path) => asked.push(`${method} ${path}`));
    expect(await at.adapter.lending?.speaksIn(at.room, mia().person)).toBe(false);
    const id = await say('hello', { speaker: mia({ otherwise: 'relay' }) });
    expect(row(id)).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): hello' });
    expect(asked.filter((each) => each.includes('/participants/active'))).toEqual([]);
    // Somebody lets Bob in: a row tells it.
    at.talk.rooms.addMember(at.token, 'bob', 'carol');
    await reader.read();
    expect(row(await say('hello again'))).toMatchObject({ actorId: 'bob', message: 'hello again' });
  });

  it('a public room is entered by its link, again after the session was dropped', async () => {
    await open('public', []);
    expect(await at.adapter.lending?.speaksIn(at.room, mia().person)).toBe(true);
    expect(row(await say('one'))).toMatchObject({ actorId: 'bob', message: 'one' });
    const here = at.talk.state.rooms.get(at.token)!;
    for (const attendee of here.attendees.values())
      for (const session of attendee.sessions) session.lastPingSeconds -= 200;
    at.talk.rooms.participants(at.token);
    expect(row(await say('two'))).toMatchObject({ actorId: 'bob', message: 'two' });
  });

  it('a user who may not write there is spoken for: as a guest where there are such, else by our account', async () => {
    await open('public');
    at.talk.faults.add({
      method: 'POST',
      path: `/chat/${at.token}$`,
      fault: { do: 'answer', status: 403, body: '{}' },
    });
    expect(row(await say('one'))).toMatchObject({
      actorType: 'guests',
      actorDisplayName: 'Mia (Matrix)',
      message: 'one',
    });
    at.talk.rooms.setPublic(at.token, false);
    const second = mia({ as: 'own', otherwise: 'relay' });
    expect(row(await say('two', { speaker: second }))).toMatchObject({
      actorId: 'alice',
      message: '**Mia** (Matrix): two',
    });
  });

  it('a login that was taken back in Nextcloud is forgotten and told once; nothing is lost', async () => {
    await open();
    const id = await say('one');
    failLogins();
    expect(row(await say('two'))).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): two' });
    expect(told).toEqual([['@mia:there', { of: 'revoked', as: 'bob' }]]);
    await say('three');
    expect(told).toHaveLength(1);
    expect(await at.adapter.lending?.lentBy(mia().person)).toBeUndefined();
    expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['relay']);
    // What was said before comes back as ours all the same.
    expect(await bobs()).toEqual(['messageSent ours']);
    at.talk.rooms.promote(at.token, 'alice');
    await edit(id, 'one, better');
    expect(row(id)).toMatchObject({ message: 'one, better', lastEditActorId: 'alice' });
  });

  it('that our account is let in no more ends nobody’s loan', async () => {
    await open();
    const root = at.talk.post(at.token, 'carol', 'question?');
    await say('before');
    at.talk.accounts.revokeAppPassword('alice');
    await expect(say('answer', { thread: copyOf(root) })).rejects.toThrow(LoginRefused);
    expect(told).toEqual([]);
    expect(await at.adapter.lending?.lentBy(mia().person)).toBe('bob');
  });

  it('a reaction of somebody whose login is no more stays, and ours is not taken back in its place', async () => {
    await open();
    const question = at.talk.post(at.token, 'carol', 'question?');
    const reaction = await react(question, '👍');
    await react(question, '👍', mia({ as: 'relay' }));
    await at.adapter.lending?.giveBack(mia().person, signal);
    await expect(unreact(question, reaction)).rejects.toThrow(TargetGone);
    expect(reactions(question).sort()).toEqual(['alice 👍', 'bob 👍']);
  });

  it('another process knows who wrote what, and speaks by the same login', async () => {
    await open();
    const id = await say('one');
    const other = at.make();
    await other.connect(signal);
    await edit(id, 'two', other);
    expect(row(id)).toMatchObject({ message: 'two', lastEditActorId: 'bob' });
    expect(row(await say('three', {}, other))).toMatchObject({ actorId: 'bob' });
    await remove(id, other);
    expect(row(id)).toMatchObject({ messageType: 'comment_deleted' });
  });

  it('where an answer is lost it is looked for before anybody says it again', async () => {
    await open();
    const once = { method: 'POST', path: `/chat/${at.token}$`, fault: { do: 'acceptThenDrop' } } as const;
    at.talk.faults.add(once);
    await expect(say('lost?')).rejects.toThrow(NetworkUnavailable);
    const { request } = requested(at, said('lost?'), { speaker: mia() });
    const uncertain = { ...request, partOf: (key: string) => (key === keyOf(10) ? 0 : undefined) };
    const [outcome] = await at.adapter.wasDone([uncertain], new Date(Date.now() - 5000), signal);
    expect(outcome?.done).toMatchObject([{ part: 0, key: keyOf(10) }]);
  });

  it('an edit whose answer is lost is found', async () => {
    await open();
    const id = await say('one');
    const since = new Date();
    await edit(id, 'two');
    const change = { kind: 'messageEdited', body: fromPlain('two'), style: 'text', version: '2' } as const;
    const { request } = requested(at, { ...happened, ...change, message }, { speaker: mia(), target: [copyOf(id)] });
    const uncertain = {
      ...request,
      delivery: deliveryId('019aa61f-48c6-7727-90cc-17f7c19d6744'),
      partOf: () => undefined,
    };
    expect((await at.adapter.wasDone([uncertain], since, signal))[0]?.done).toBe('alreadySo');
  });

  it('several people may lend the same user, and one person speaks for nobody else', async () => {
    await open();
    const noah = mia({
      person: { ...happened.actor, id: userId('@noah:there'), name: 'Noah' },
      profile: { name: 'Noah' },
    });
    expect(row(await say('by Noah', { speaker: noah }))).toMatchObject({ actorId: 'alice' });
    await lend('bob', noah.person);
    expect(row(await say('by Noah', { speaker: noah }))).toMatchObject({ actorId: 'bob' });
    await at.adapter.lending?.giveBack(noah.person, signal);
    expect(row(await say('by Noah', { speaker: noah }))).toMatchObject({ actorId: 'alice' });
    expect(row(await say('by Mia'))).toMatchObject({ actorId: 'bob' });
  });

  describe('what their people have read elsewhere', () => {
    const read = (message: number, adapter = at.adapter): Promise<void> | undefined =>
      adapter.lending?.markRead?.(at.room, mia().person, remoteId(String(message)), signal);

    it('they have read, and never less than before', async () => {
      await open();
      const [first, second, third] = ['one', 'two', 'three'].map((text) => at.talk.post(at.token, 'carol', text));
      await read(second!);
      expect(at.talk.lastRead(at.token, 'bob')).toBe(second);
      await read(first!);
      expect(at.talk.lastRead(at.token, 'bob')).toBe(second);
      at.talk.read(at.token, 'bob', third!);
      await read(second!);
      expect(at.talk.lastRead(at.token, 'bob')).toBe(third);
    });

    it('brings nobody into a room', async () => {
      await open('public', []);
      await read(at.talk.post(at.token, 'carol', 'one'));
      expect(at.talk.rooms.participants(at.token).map(({ id }) => id)).not.toContain('bob');
    });

    it('is kept to itself where the settings say so', async () => {
      await open();
      const other = at.make({ ownReadMarkers: false });
      await other.connect(signal);
      const before = at.talk.lastRead(at.token, 'bob');
      await read(at.talk.post(at.token, 'carol', 'one'), other);
      expect(at.talk.lastRead(at.token, 'bob')).toBe(before);
    });

    it('is kept to itself where they lent the login before they could be told of it', async () => {
      await open('group', ['bob', 'carol'], { ownReadMarkers: false });
      const now = at.make({ ownReadMarkers: true });
      await now.connect(signal);
      const before = at.talk.lastRead(at.token, 'bob');
      await read(at.talk.post(at.token, 'carol', 'one'), now);
      expect(at.talk.lastRead(at.token, 'bob')).toBe(before);
    });

    it('ends the loan where the server takes the login no more', async () => {
      await open();
      failLogins();
      await read(at.talk.post(at.token, 'carol', 'one'));
      expect(told.map(([, { of }]) => of)).toEqual(['revoked']);
    });

    it('waits where the server is away', async () => {
      await open();
      const id = at.talk.post(at.token, 'carol', 'one');
      at.talk.faults.add({ method: 'GET', path: `/room/${at.token}$`, fault: { do: 'answer', status: 503, body: '' } });
      await expect(read(id)).rejects.toThrow(NetworkUnavailable);
    });
  });

  it('a thread that we open as the user is ours', async () => {
    await open();
    const root = at.talk.post(at.token, 'carol', 'question?');
    const id = await say('answer', { thread: copyOf(root) });
    expect(row(id)).toMatchObject({ actorId: 'bob', isThread: true });
    expect(new Set(await bobs())).toEqual(new Set(['messageSent ours', 'threadChanged ours']));
  });

  it('the secret stands in no log', async () => {
    await open();
    failLogins();
    await say('one');
    const [secret] = at.secrets;
    expect(secret).toBeDefined();
    expect(JSON.stringify(at.logged)).not.toMatch(/[A-Za-z0-9]{72}/);
  });
});
