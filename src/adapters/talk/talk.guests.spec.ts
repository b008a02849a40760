import { talkAdapter, talkAtSandbox, Reader, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf, keyOf, requested } from '../../../test/contract/talk-requests.js';
import { said, speechAt } from '../../../test/contract/talk-speech.js';
import { MessageRefused, TargetGone, Uneditable } from '../../model/errors.js';
import { roomId, userId } from '../../model/ids.js';
import type { Copy, Speaker } from '../../model/network-adapter.js';
import { systemClock } from '../../workers/system-clock.js';
import type { TalkAdapter } from './talk.adapter.js';

const signal = new AbortController().signal;
const patienceMs = 20_000;

describe('TalkGuests', () => {
  let at: TalkAtSandbox;
  let nowMs: number;
  let stop: AbortController;

  const speech = speechAt(() => at, 'guest');
  const { person: guest, say, editing, edit, remove, react, unreact, rows, row, last } = speech;
  /** The guests who are in the room; lists nobody, so that nobody is sent away for it. */
  const guests = (): string[] =>
    [...(at.talk.state.rooms.get(at.token)?.attendees.values() ?? [])]
      .filter(({ actor }) => actor.type === 'guests')
      .map(({ displayName }) => displayName);
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    const beganMs = performance.now();
    while (!(await isSo())) {
      if (performance.now() - beganMs > patienceMs) throw new Error('it did not become so');
      await new Promise((done) => setTimeout(done, 10));
    }
  };
  const open = async (settings: object = {}): Promise<void> => {
    nowMs = Date.now();
    speech.begin();
    at = await talkAtSandbox({ clock: () => nowMs }, { ...settings });
    const token = at.talk.rooms.create({ name: 'Square', owner: 'alice', members: ['bob', 'carol'], type: 'public' });
    at = { ...at, token, room: roomId(token) };
  };

  /** Guests are kept where they are, until the end of the test. */
  const start = (adapter = at.adapter): Promise<void> =>
    adapter.start({ accept: () => Promise.resolve() }, stop.signal);

  beforeEach(() => {
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await at.close();
  });

  describe('in a public room', () => {
    beforeEach(() => open());

    it('the room has guests', async () => {
      expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['guest', 'relay']);
    });

    it('everybody speaks under their own name with their network, without a name in the text', async () => {
      await say(guest('Mia'), 'hello');
      expect(last()).toMatchObject({ actorType: 'guests', actorDisplayName: 'Mia (Matrix)', message: 'hello' });
      await say(guest('Noah'), 'and *hello*');
      expect(last()).toMatchObject({ actorDisplayName: 'Noah (Matrix)', referenceId: keyOf(20) });
      expect(guests()).toEqual(['Mia (Matrix)', 'Noah (Matrix)']);
    });

    it('who goes on speaking is the same guest, without asking to be let in again', async () => {
      let joins = 0;
      at.talk.faults.watch((method, path) => {
        if (method === 'POST' && path.endsWith('/participants/active')) joins += 1;
      });
      await say(guest('Mia'), 'one');
      await say(guest('Mia'), 'two');
      const [one, two] = rows().slice(-2);
      expect(two?.['actorId']).toBe(one?.['actorId']);
      expect(joins).toBe(1);
    });

    it('one session serves a person in every room', async () => {
      await say(guest('Mia'), 'here');
      const cookies = (await at.store.list('guest-cookies/')).length;
      const token = at.talk.rooms.create({ name: 'Other', owner: 'alice', type: 'public' });
      await say(guest('Mia'), 'there', { room: roomId(token) });
      expect(at.talk.messages(token).at(-1)).toMatchObject({ actorDisplayName: 'Mia (Matrix)', message: 'there' });
      expect([cookies, (await at.store.list('guest-cookies/')).length]).toEqual([1, 1]);
    });

    it('a new name is a new name in Talk too', async () => {
      await say(guest('Mia'), 'one');
      await say(guest('Mia Maria', '@mia:there'), 'two');
      expect(guests()).toEqual(['Mia Maria (Matrix)']);
    });

    it('quotes, and is quoted', async () => {
      const question = at.talk.post(at.token, 'bob', 'question?');
      const answer = await say(guest('Mia'), 'answer', { replyTo: copyOf(question) });
      expect(last()).toMatchObject({ actorDisplayName: 'Mia (Matrix)', parent: { id: question } });
      at.talk.post(at.token, 'bob', 'thanks', { replyTo: answer });
      expect(last()).toMatchObject({ parent: { id: answer, actorDisplayName: 'Mia (Matrix)' } });
    });

    it('a reply to what was deleted meanwhile is said without it, as the guest', async () => {
      const question = at.talk.post(at.token, 'bob', 'question?');
      at.talk.remove(at.token, 'bob', question);
      await say(guest('Mia'), 'answer', { replyTo: copyOf(question) });
      expect(last()).toMatchObject({ actorDisplayName: 'Mia (Matrix)', message: 'answer' });
    });

    it('a name that looks like that of somebody of the room has the handle with it', async () => {
      await say(guest('B0b', '@b0b:evil'), 'hello');
      expect(last()).toMatchObject({ actorDisplayName: 'B0b [@b0b:evil] (Matrix)' });
    });

    it('what a guest of ours does comes back as our own, and mentions of it name the person', async () => {
      const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
      const id = await say(guest('Mia'), 'hello');
      const actor = String(last()?.['actorId']);
      await react(guest('Mia'), at.talk.post(at.token, 'bob', `look @"guest/${actor}"`), '👍');
      await reader.read();
      const events = reader.results().flatMap((result) => ('events' in result ? result.events : []));
      expect(events.map((event) => [event.kind, event.actor.standing])).toEqual([
        ['messageSent', 'ours'],
        ['messageSent', 'person'],
        ['reactionAdded', 'ours'],
      ]);
      expect(events[0]).toMatchObject({ key: keyOf(10), message: { id: String(id) } });
      expect(JSON.stringify(events[1])).toContain('"user":{"account":"elsewhere","id":"@mia:there"}');
    });

    it('another guest is a person like any other', async () => {
      const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
      const base = `${at.talk.url}/ocs/v2.php/apps/spreed/api`;
      const headers = { 'ocs-apirequest': 'true', accept: 'application/json', 'content-type': 'application/json' };
      const joined = await fetch(`${base}/v4/room/${at.token}/participants/active`, { method: 'POST', headers });
      await joined.text();
      const cookie = joined.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
      const body = JSON.stringify({ message: 'hi', actorDisplayName: 'Zoe' });
      const posted = await fetch(`${base}/v1/chat/${at.token}`, {
        method: 'POST',
        headers: { ...headers, cookie },
        body,
      });
      expect(posted.status).toBe(201);
      await posted.text();
      await reader.read();
      expect(reader.results()).toMatchObject([{ events: [{ actor: { name: 'Zoe', standing: 'person' } }] }]);
    });

    it('everybody reacts as themselves and takes back their own', async () => {
      const id = at.talk.post(at.token, 'bob', 'look');
      const mias = await react(guest('Mia'), id, '👍');
      await react(guest('Noah'), id, '👍');
      expect(at.talk.reactionsTo(at.token, id)).toEqual([
        { user: 'Mia (Matrix)', emoji: '👍' },
        { user: 'Noah (Matrix)', emoji: '👍' },
      ]);
      await unreact(guest('Mia'), id, mias);
      expect(at.talk.reactionsTo(at.token, id)).toEqual([{ user: 'Noah (Matrix)', emoji: '👍' }]);
    });

    it('what the account reacted in their place is taken back by the account', async () => {
      const id = at.talk.post(at.token, 'bob', 'look');
      const relayed = await react({ ...guest('Mia'), as: 'relay' }, id, '👍');
      expect(relayed).toEqual({ part: 0, id: '👍' });
      await unreact(guest('Mia'), id, relayed);
      expect(at.talk.reactionsTo(at.token, id)).toEqual([]);
    });

    it('a reaction of unknown outcome stands once, also where its guest is gone since and comes back as another', async () => {
      const id = at.talk.post(at.token, 'bob', 'look');
      const made = await react(guest('Mia'), id, '👍');
      nowMs += 101_000;
      at.talk.rooms.participants(at.token);
      await say(guest('Mia'), 'back');
      const again = { mayBeDone: true } as const;
      expect(await react(guest('Mia'), id, '👍', at.adapter, again)).toEqual(made);
      await react(guest('Noah'), id, '👍', at.adapter, again);
      await react(guest('Mia'), id, '🎉', at.adapter, again);
      expect(at.talk.reactionsTo(at.token, id)).toEqual([
        { user: 'Mia (Matrix)', emoji: '👍' },
        { user: 'Noah (Matrix)', emoji: '👍' },
        { user: 'Mia (Matrix)', emoji: '🎉' },
      ]);
    });

    it('nobody can take back what a guest reacted that is gone: that says so', async () => {
      const id = at.talk.post(at.token, 'bob', 'look');
      const made = await react(guest('Mia'), id, '👍');
      nowMs += 101_000;
      at.talk.rooms.participants(at.token);
      const failure: unknown = await unreact(guest('Mia'), id, made).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(TargetGone);
      expect((failure as Error).message).toBe(
        'the guest that did it is no longer in the room, and nobody else can take it back',
      );
    });

    it('a guest that the server dropped comes in again under its name, and the message is said once', async () => {
      await say(guest('Mia'), 'one');
      nowMs += 101_000;
      at.talk.rooms.participants(at.token);
      expect(guests()).toEqual([]);
      await say(guest('Mia'), 'two');
      expect(last()).toMatchObject({ actorType: 'guests', actorDisplayName: 'Mia (Matrix)', message: 'two' });
      expect(rows().filter((row) => row['message'] === 'two')).toHaveLength(1);
    });

    it('after a restart the person is still the same guest, and can take back', async () => {
      const id = await say(guest('Mia'), 'one');
      const made = await react(guest('Mia'), id, '👍');
      const again = at.make();
      await again.connect(signal);
      await say(guest('Mia'), 'two', {}, again);
      const [one, two] = rows().filter((row) => row['systemMessage'] === '');
      expect(two?.['actorId']).toBe(one?.['actorId']);
      await unreact(guest('Mia'), id, made, again);
      expect(at.talk.reactionsTo(at.token, id)).toEqual([]);
    });

    it('the account edits for a guest, without a name in the text', async () => {
      const id = await say(guest('Mia'), 'helo');
      await edit(guest('Mia'), id, 'hello');
      expect(row(id)).toMatchObject({ message: 'hello', lastEditActorId: 'alice' });
    });

    it('what the account said before is edited with the name in it', async () => {
      const id = await say({ ...guest('Mia'), as: 'relay' }, 'helo');
      await edit(guest('Mia'), id, 'hello');
      expect(row(id)).toMatchObject({ message: '**Mia** (Matrix): hello' });
    });

    it('a look knows what a guest said and what was edited for one', async () => {
      const { request, made } = requested(at, said('hello'), { speaker: guest('Mia') });
      await at.adapter.deliver.messageSent.send(request, signal);
      const partOf = (key: string): number | undefined => (key === keyOf(0) ? 0 : undefined);
      const since = new Date(Date.now() - 60_000);
      const found = await at.adapter.wasDone([{ ...request, partOf }], since, signal);
      expect(found).toEqual([{ delivery: request.delivery, done: made }]);
      const edited = {
        ...editing(guest('Mia'), Number(made[0]?.id), 'changed'),
        key: (part: number) => keyOf(part + 5),
      };
      const look = { ...edited, partOf: () => undefined };
      expect(await at.adapter.wasDone([look], since, signal)).toMatchObject([{ done: 'notFound' }]);
      await at.adapter.deliver.messageEdited.send(edited, signal);
      expect(await at.adapter.wasDone([look], since, signal)).toMatchObject([{ done: 'alreadySo' }]);
    });

    it('what mentions people once too often is said by the account', async () => {
      for (let time = 0; time < 50; time += 1) at.talk.state.guestMentions.count();
      const bob = { kind: 'person' as const, user: { account: at.adapter.account, id: userId('users/bob') } };
      const body = [{ type: 'paragraph' as const, content: [{ type: 'mention' as const, of: bob, label: 'bob' }] }];
      await say(guest('Mia'), '', { event: { ...said(''), body } });
      expect(last()).toMatchObject({
        actorType: 'users',
        actorId: 'alice',
        message: '**Mia** (Matrix): {mention-user1}',
      });
      await say(guest('Mia'), 'without');
      expect(last()).toMatchObject({ actorType: 'guests', message: 'without' });
    });

    it('a long message has its parts in the same places whoever says them', async () => {
      const long = 'word '.repeat(9_000);
      await say(guest('Mia'), long);
      const asGuest = rows()
        .slice(-2)
        .map((row) => String(row['message']));
      await say({ ...guest('Mia'), as: 'relay' }, long);
      const relayed = rows()
        .slice(-2)
        .map((row) => String(row['message']));
      expect(relayed).toEqual(asGuest.map((text) => `**Mia** (Matrix): ${text}`));
    });
  });

  describe('where guests are not let in', () => {
    beforeEach(() => open());

    it.each<readonly [string, (talk: TalkAtSandbox['talk'], token: string) => void]>([
      ['is no longer public', (talk, token) => talk.rooms.setPublic(token, false)],
      ['has a password', (talk, token) => talk.rooms.setPassword(token, 'secret')],
      ['has a lobby', (talk, token) => talk.rooms.setLobby(token, true)],
    ])('a room that %s has none, and the account speaks for those who do not know it yet', async (_, close) => {
      expect((await at.adapter.capabilities(at.room)).speakers).toContain('guest');
      close(at.talk, at.token);
      await say(guest('Mia'), 'hello');
      expect(last()).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): hello' });
      expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['relay']);
    });

    it('they do not knock again and again', async () => {
      let joins = 0;
      at.talk.faults.watch((method, path) => {
        if (method === 'POST' && path.endsWith('/participants/active')) joins += 1;
      });
      at.talk.rooms.setPassword(at.token, 'secret');
      await say(guest('Mia'), 'one');
      await say(guest('Noah'), 'two');
      expect(joins).toBe(1);
      expect(at.logged.map(({ event }) => event)).toContain(
        'the room does not let guests in: our account speaks for them',
      );
    });

    it('where the server itself fails at letting them in, the account speaks for them', async () => {
      const body = JSON.stringify({ ocs: { meta: { status: 'failure', statuscode: 996 }, data: [] } });
      const fault = { do: 'answer', status: 500, body } as const;
      at.talk.faults.add({ method: 'POST', path: '/participants/active', times: Infinity, fault });
      await say(guest('Mia'), 'hello');
      expect(last()).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): hello' });
      const id = Number(last()?.['id']);
      await react(guest('Noah'), id, '👍');
      expect(at.talk.reactionsTo(at.token, id)).toEqual([{ user: 'alice', emoji: '👍' }]);
    });

    it('those who were there are sent away with the room: the account goes on for them', async () => {
      await say(guest('Mia'), 'one');
      at.talk.rooms.setPublic(at.token, false);
      await say(guest('Mia'), 'two');
      expect(last()).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): two' });
      expect(rows().filter((row) => String(row['message']).endsWith('two'))).toHaveLength(1);
    });

    it('that a room changed is known from what is read there', async () => {
      const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
      expect((await at.adapter.capabilities(at.room)).speakers).toContain('guest');
      at.talk.rooms.setPublic(at.token, false);
      await reader.read();
      expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['relay']);
    });

    it('one that is public again has them at once', async () => {
      const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
      at.talk.rooms.setPublic(at.token, false);
      await say(guest('Mia'), 'one');
      at.talk.rooms.setPublic(at.token, true);
      await reader.read();
      expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['guest', 'relay']);
      await say(guest('Mia'), 'two');
      expect(last()).toMatchObject({ actorDisplayName: 'Mia (Matrix)', message: 'two' });
    });

    it('a group room has none', async () => {
      const token = at.talk.rooms.create({ name: 'Closed', owner: 'alice' });
      expect((await at.adapter.capabilities(roomId(token))).speakers).toEqual(['relay']);
    });
  });

  describe('whom a moderator bans', () => {
    const carol = { type: 'users', id: 'carol', name: 'carol' } as const;
    const square = (): Parameters<TalkAtSandbox['talk']['state']['bans']['of']>[0] => {
      const found = at.talk.state.rooms.get(at.token);
      if (found === undefined) throw new Error('no such room');
      return found;
    };
    const ban = (): number =>
      at.talk.state.bans.add(square(), carol, { type: 'guests', id: String(last()?.['actorId']), note: '' }).id;
    const banned = (): string[] => at.talk.state.bans.of(square()).map(({ banned: { type } }) => type);

    it('is no guest again and not spoken for, and nobody else has to leave for it', async () => {
      await open();
      await say(guest('Noah'), 'hello');
      await say(guest('Mia'), 'one');
      const id = ban();
      const failure: unknown = await say(guest('Mia'), 'two').catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(TargetGone);
      expect((failure as Error).message).toBe('a moderator has banned the person, as a guest, from the room');
      const again = at.make();
      await again.connect(signal);
      await expect(say(guest('Mia'), 'three', {}, again)).rejects.toBeInstanceOf(TargetGone);
      await say(guest('Noah'), 'still here');
      await say(guest('Zoe'), 'me too');
      expect(rows().map((row) => [row['actorDisplayName'], row['message']])).toEqual(
        expect.arrayContaining([
          ['Noah (Matrix)', 'still here'],
          ['Zoe (Matrix)', 'me too'],
        ]),
      );
      expect(banned()).toEqual(['guests']);
      at.talk.state.bans.lift(square(), id);
      await say(guest('Mia'), 'four');
      expect(last()).toMatchObject({ actorDisplayName: 'Mia (Matrix)', message: 'four' });
    });

    it('is not kept in the room, nor forgotten when the guest would have left', async () => {
      await open({ guestPingMs: 40, guestIdleMs: 300 });
      await start();
      await say(guest('Mia'), 'one');
      ban();
      await new Promise((done) => setTimeout(done, 500));
      expect(banned()).toEqual(['guests']);
      await expect(say(guest('Mia'), 'two')).rejects.toBeInstanceOf(TargetGone);
      expect(banned()).toEqual(['guests']);
    });

    it('where our account may not see it, the first knock shuts all of them out, and the account speaks', async () => {
      await open();
      const token = at.talk.rooms.create({ name: 'Theirs', owner: 'carol', members: ['alice'], type: 'public' });
      at = { ...at, token, room: roomId(token) };
      await say(guest('Mia'), 'one');
      ban();
      await say(guest('Mia'), 'two');
      expect(last()).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): two' });
      expect(banned()).toEqual(['guests', 'ip']);
    });
  });

  describe('where our account is no moderator', () => {
    beforeEach(async () => {
      await open();
      const token = at.talk.rooms.create({ name: 'Theirs', owner: 'bob', members: ['alice'], type: 'public' });
      at = { ...at, token, room: roomId(token) };
    });

    it('nobody edits what guests said, whoever speaks by now, and what the account said is edited', async () => {
      const id = await say(guest('Mia'), 'helo');
      await expect(edit(guest('Mia'), id, 'hello')).rejects.toBeInstanceOf(Uneditable);
      const relay: Speaker = { ...guest('Mia'), as: 'relay' };
      await expect(edit(relay, id, 'hello')).rejects.toBeInstanceOf(Uneditable);
      const relayed = await say(relay, 'helo');
      await edit(guest('Mia'), relayed, 'hello');
      expect(row(relayed)).toMatchObject({ message: '**Mia** (Matrix): hello' });
    });

    it('what guests said is deleted by a moderator: that one is missing is no secret', async () => {
      const id = await say(guest('Mia'), 'oops');
      const failure: unknown = await remove(guest('Mia'), id).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(MessageRefused);
      expect((failure as Error).message).toContain('it is no moderator of the room');
      at.talk.rooms.promote(at.token, 'alice');
      await remove(guest('Mia'), id);
      expect(row(id)).toMatchObject({ messageType: 'comment_deleted' });
    });
  });

  describe('as time goes by', () => {
    it('who is active is kept in the room', async () => {
      await open({ guestPingMs: 40 });
      await start();
      await say(guest('Mia'), 'one');
      const before = nowMs;
      nowMs += 90_000;
      const session = (): number =>
        [...(at.talk.state.rooms.get(at.token)?.attendees.values() ?? [])].find(({ actor }) => actor.type === 'guests')
          ?.sessions[0]?.lastPingSeconds ?? 0;
      await until(() => session() > before / 1000 + 80);
      nowMs += 50_000;
      expect(at.talk.rooms.participants(at.token).map(({ name }) => name)).toContain('Mia (Matrix)');
    });

    it('who has done nothing for a while leaves, and nothing is kept of the session', async () => {
      await open({ guestPingMs: 40, guestIdleMs: 100 });
      await start();
      await say(guest('Mia'), 'one');
      await until(() => guests().length === 0);
      await until(() => at.logged.every(({ event }) => event !== 'a guest could not be kept in a room'));
      const kept = async (): Promise<readonly unknown[]> => [
        ...(await at.store.list('guest-seat/')),
        ...(await at.store.list('guest-cookies/')),
      ];
      // The answer is on its way when the server has let the guest go.
      await until(async () => (await kept()).length === 0);
      await say(guest('Mia'), 'two');
      expect(last()).toMatchObject({ actorDisplayName: 'Mia (Matrix)', message: 'two' });
    });

    it('a room that sends all of them away is knocked at once, however many were there', async () => {
      await open({ guestPingMs: 40 });
      await start();
      const id = at.talk.post(at.token, 'bob', 'look');
      const people = ['Mia', 'Noah', 'Zoe'].map((name) => guest(name));
      const reactions: Copy[] = [];
      for (const person of people) reactions.push(await react(person, id, '👍'));
      let joins = 0;
      at.talk.faults.watch((method, path) => {
        if (method === 'POST' && path.endsWith('/participants/active')) joins += 1;
      });
      at.talk.rooms.setPublic(at.token, false);
      await until(() => joins > 0);
      await new Promise((done) => setTimeout(done, 300));
      for (const [index, person] of people.entries()) {
        await expect(unreact(person, id, reactions[index] as Copy)).rejects.toBeInstanceOf(TargetGone);
      }
      expect(joins).toBe(1);
    });

    it('one who is there for weeks, or goes on after a restart, is written down again', async () => {
      await open();
      let laterMs = 0;
      const clock = {
        ...systemClock,
        now: () => new Date(Date.now() + laterMs),
        monotonicMs: () => performance.now() + laterMs,
      };
      const begin = async (): Promise<TalkAdapter> => {
        const login = { url: at.talk.url, user: 'alice', password: at.talk.accounts.issueAppPassword('alice') };
        const adapter = talkAdapter(login, { store: at.store, clock });
        await adapter.connect(signal);
        return adapter;
      };
      const writtenAt = async (): Promise<(string | undefined)[]> => {
        const kept = [...(await at.store.list('guest-actor/')), ...(await at.store.list('guest-seat/'))];
        return kept.map(({ value }) => (value as { readonly at: string }).at.slice(0, 10));
      };
      const adapter = await begin();
      await say(guest('Mia'), 'one', {}, adapter);
      laterMs += 86_400_000;
      await say(guest('Mia'), 'two', {}, adapter);
      expect(await writtenAt()).toEqual(Array(2).fill(clock.now().toISOString().slice(0, 10)));
      laterMs += 2 * 86_400_000;
      await say(guest('Mia'), 'three', {}, await begin());
      expect(await writtenAt()).toEqual(Array(2).fill(clock.now().toISOString().slice(0, 10)));
      expect(new Set(rows().flatMap((row) => (row['systemMessage'] === '' ? [row['actorId']] : []))).size).toBe(1);
    });

    it('who lost the room to another program neither keeps the guest there nor sends it away', async () => {
      await open({ guestPingMs: 400, guestIdleMs: 1_000 });
      await start();
      await say(guest('Mia'), 'one');
      const other = at.make();
      await other.connect(signal);
      await say(guest('Mia'), 'two', {}, other);
      // One look at who is to be kept, and it is known.
      await new Promise((done) => setTimeout(done, 300));
      let calls = 0;
      at.talk.faults.watch((_, path) => {
        if (path.endsWith('/participants/active')) calls += 1;
      });
      await new Promise((done) => setTimeout(done, 1_300));
      expect(calls).toBe(0);
      expect(guests()).toEqual(['Mia (Matrix)']);
    });

    it('at the end they stay where they are', async () => {
      await open({ guestPingMs: 40 });
      await start();
      await say(guest('Mia'), 'one');
      stop.abort();
      await new Promise((done) => setTimeout(done, 60));
      expect(guests()).toEqual(['Mia (Matrix)']);
    });

    describe('where two are allowed', () => {
      let laterMs: number;
      let adapter: TalkAdapter;

      beforeEach(async () => {
        await open();
        laterMs = 0;
        const login = { url: at.talk.url, user: 'alice', password: at.talk.accounts.issueAppPassword('alice') };
        const clock = {
          ...systemClock,
          monotonicMs: () => performance.now() + laterMs,
          sleep: (_: number, by: AbortSignal) => systemClock.sleep(20, by),
        };
        adapter = talkAdapter({ ...login, maxGuestSessions: 2, guestPingMs: 60_000 }, { store: at.store, clock });
        await adapter.connect(signal);
        await start(adapter);
        await say(guest('Mia'), 'one', {}, adapter);
        await say(guest('Noah'), 'two', {}, adapter);
      });

      it('the account speaks for the next, unless one has long been quiet', async () => {
        await say(guest('Zoe'), 'three', {}, adapter);
        expect(last()).toMatchObject({ actorId: 'alice', message: '**Zoe** (Matrix): three' });
        laterMs += 61_000;
        await say(guest('Noah'), 'four', {}, adapter);
        await say(guest('Zoe'), 'five', {}, adapter);
        expect(last()).toMatchObject({ actorDisplayName: 'Zoe (Matrix)', message: 'five' });
        await until(() => guests().length === 2);
        expect(guests()).toEqual(['Noah (Matrix)', 'Zoe (Matrix)']);
      });

      it('who loses the place at the moment of being kept there leaves all the same', async () => {
        let joins = 0;
        at.talk.faults.watch((method, path) => {
          if (method === 'POST' && path.endsWith('/participants/active')) joins += 1;
        });
        at.talk.faults.add({ method: 'POST', path: 'participants/active', fault: { do: 'slow', delayMs: 500 } });
        laterMs += 61_000;
        await until(() => joins > 0);
        await say(guest('Noah'), 'three', {}, adapter);
        await say(guest('Zoe'), 'four', {}, adapter);
        expect(last()).toMatchObject({ actorDisplayName: 'Zoe (Matrix)', message: 'four' });
        await until(() => guests().length === 2);
        expect(guests()).toEqual(['Noah (Matrix)', 'Zoe (Matrix)']);
      });

      it('who was heard of a moment ago is not asked again', async () => {
        let joins = 0;
        at.talk.faults.watch((_, path) => {
          if (path.endsWith('/participants/active')) joins += 1;
        });
        laterMs += 59_000;
        await new Promise((done) => setTimeout(done, 200));
        expect(joins).toBe(0);
      });
    });

    it('none are where none are allowed', async () => {
      await open({ maxGuestSessions: 0 });
      await start();
      expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['relay']);
    });
  });
});
