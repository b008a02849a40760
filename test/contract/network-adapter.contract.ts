import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { fromPlain } from '../../src/formatting/plain.js';
import type { BridgeEvent, MessageSent } from '../../src/model/bridge-event.js';
import { BridgeError, LoginRefused, NetworkUnavailable, RateLimited, ShardLost } from '../../src/model/errors.js';
import {
  accountId,
  deliveryId,
  deliveryKey,
  remoteId,
  roomId,
  userId,
  type DeliveryId,
  type DeliveryKey,
  type FileRef,
  type InboxKey,
  type RoomId,
} from '../../src/model/ids.js';
import type { Copy, DeliveryRequest, NetworkAdapter, ReadResult, Speaker } from '../../src/model/network-adapter.js';
import type { Fault } from '../../src/sandbox/fault-script.js';
import type { LedgerEntry } from '../../src/sandbox/ledger.js';
import { abilities } from '../corpus/abilities.js';
import type { Network } from '../corpus/corpus.types.js';

/** One payload that the adapter brought in, by pull or push, as the inbox would keep it. */
export interface Arrived {
  readonly key: InboxKey;
  readonly result: ReadResult;
}

/** A sandbox server with one adapter at it, connected, in one room, with at least one person. */
export interface Harness {
  readonly adapter: NetworkAdapter;
  readonly room: RoomId;
  /** How the network can show that somebody else speaks. */
  readonly speakAs: Speaker['as'];
  /** The name that people see for `person`. */
  readonly person: { readonly id: string; readonly name: string };
  /** `person` posts a text in the room. Answers the message's id there. */
  post(text: string): Promise<string>;
  /** Everything that came in since the harness was made, in order, each key once. Asks the source where it must be asked. */
  arrived(): Promise<readonly Arrived[]>;
  /** The keys that the same happenings have when the source tells them once more. */
  toldAgain(): Promise<readonly InboxKey[]>;
  /** What the server accepted in the room from the adapter, in order. */
  written(): readonly LedgerEntry[];
  /** What a reader sees of a written message, without the name that the adapter put before it. */
  bodyOf(entry: LedgerEntry): string;
  /** Whom the server would notify of a written message: ids of people, `all` for everybody. */
  pingedBy(entry: LedgerEntry): readonly string[];
  /** The adapter's next write of a message meets this fault. */
  strikeWrite(fault: Fault): void;
  /** The adapter's next reads meet this fault. Absent where nothing is read by asking. */
  readonly strikeReads?: (fault: Fault, times: number) => void;
  calmDown(): void;
  /** The server forgets which keys it took, as after a restart. Absent where it does not remember them. */
  readonly forgetKeys?: () => Promise<void>;
  /** `passedOn`: what is refused to the speaker, another one does. */
  readonly refusals?: 'passedOn';
  /** How the server asks for a pause. */
  rateLimited(afterMs: number): Fault;
  /** Another adapter at the same server, with a login that is wrong. Closed with the harness. */
  withWrongLogin(): NetworkAdapter;
  close(): Promise<void>;
}

const patienceMs = 30_000;
const pollEveryMs = 20;

/** What every network's adapter must do. */
export function describeNetworkAdapter(name: string, makeHarness: () => Promise<Harness>): void {
  describe(`${name}: the contract of every adapter`, () => {
    let harness: Harness;
    const signal = new AbortController().signal;

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(async () => {
      await harness.close();
    });

    const send = async (request: DeliveryRequest<MessageSent>, by: AbortSignal = signal): Promise<void> => {
      const { messageSent } = harness.adapter.deliver;
      if (messageSent === undefined) throw new Error('the adapter cannot deliver a message');
      await messageSent.send(request, by);
    };

    const failureOf = async (attempt: Promise<unknown>): Promise<BridgeError> => {
      const error: unknown = await attempt.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(BridgeError);
      return error as BridgeError;
    };

    const wasDone = async (sent: Sent) => {
      const [outcome] = await harness.adapter.wasDone(
        [{ ...sent.request, partOf: (key) => sent.partOf(key) }],
        sent.since,
        signal,
      );
      return outcome;
    };

    const arrivals = async (count: number): Promise<readonly MessageSent[]> => {
      let found: readonly MessageSent[] = [];
      await until(async () => {
        found = messagesIn(await harness.arrived());
        return found.length >= count;
      });
      return found;
    };

    describe('who it is', () => {
      it('says as whom it is logged in, the same way each time', async () => {
        const first = await harness.adapter.connect(signal);
        const second = await harness.adapter.connect(signal);
        expect(first.login).not.toBe('');
        expect(first.summary).not.toBe('');
        expect(second).toEqual(first);
      });

      it('refuses a wrong login as such', async () => {
        const error = await failureOf(harness.withWrongLogin().connect(signal));
        expect(error).toBeInstanceOf(LoginRefused);
        expect(error.failure.certainty).toBe('notSent');
      });
    });

    describe('what comes in', () => {
      it('what a person posts arrives once, in order, with name, time and room', async () => {
        const beganMs = Date.now();
        const ids: string[] = [];
        for (const text of ['one', 'two', 'three', 'four', 'five']) ids.push(await harness.post(text));
        const events = await arrivals(5);
        expect(events.map((event) => textOf(event))).toEqual(['one', 'two', 'three', 'four', 'five']);
        expect(events.map((event) => event.message.id)).toEqual(ids);
        for (const event of events) {
          expect(event.room).toEqual({ account: harness.adapter.account, id: harness.room });
          expect(event.actor).toMatchObject({
            account: harness.adapter.account,
            name: harness.person.name,
            standing: 'person',
          });
          expect(event.actor.id).toContain(harness.person.id);
          expect(event.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
          expect(Math.abs(Date.parse(event.at) - beganMs)).toBeLessThan(patienceMs);
          expect(event.key).toBeUndefined();
        }
      });

      it('the same happenings have the same keys when the source tells them again', async () => {
        await harness.post('once');
        await harness.post('twice');
        await arrivals(2);
        const keys = (await harness.arrived()).map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        const again = await harness.toldAgain();
        expect(again).toEqual(expect.arrayContaining(keys));
      });

      it('reading is pure: the same payload gives equal events', async () => {
        await harness.post('pure');
        await arrivals(1);
        expect(await harness.arrived()).toEqual(await harness.arrived());
      });

      it('nothing that a person can write breaks it', async () => {
        const texts = [
          '\u202eright to left',
          '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽',
          'שלום عالم',
          'a\u200bb',
          '{mention-user1} {object}',
          '<b>& "quotes"',
          '__proto__',
        ];
        for (const text of texts) await harness.post(text);
        const events = await arrivals(texts.length);
        expect(events).toHaveLength(texts.length);
        expect(textOf(events[1])).toBe('👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽');
      });

      it('its own acts come back as ours, with the key that they carried', async () => {
        const sent = messageToSend(harness, 'hello from elsewhere');
        await send(sent.request);
        let echo: BridgeEvent | undefined;
        await until(async () => {
          echo = eventsIn(await harness.arrived()).find(
            (event) => event.actor.standing === 'ours' && event.kind === 'messageSent',
          );
          return echo !== undefined;
        });
        expect(echo?.key).toBe(sent.request.key(0));
        expect((echo as MessageSent).message.id).toBe(sent.made[0]?.id);
      });
    });

    it('can show what the corpus and docs/degrading.md take it to show', async () => {
      const { adapter, room } = harness;
      const { can, capabilities } = abilities[adapter.network as Network];
      // How long texts and how large files may be, and who speaks, each server says for itself.
      const {
        maxTextChars: _chars,
        maxTextBytes: _bytes,
        maxFileBytes: _files,
        speakers: _speakers,
        ...shown
      } = capabilities;
      expect(await adapter.capabilities(room)).toMatchObject(shown);
      expect(Object.keys(adapter.deliver).sort()).toEqual([...can].sort());
    });

    describe('what goes out', () => {
      it('carries the key and tells of what was made', async () => {
        const sent = messageToSend(harness, 'hello from elsewhere');
        await send(sent.request);
        const entries = messagesOf(harness.written());
        expect(entries).toHaveLength(1);
        expect(entries[0]?.key).toBe(sent.request.key(0));
        expect(harness.bodyOf(entries[0] as LedgerEntry)).toBe('hello from elsewhere');
        expect(sent.made).toEqual([{ part: 0, id: entries[0]?.id, key: sent.request.key(0) }]);
      });

      it('asks whether it may write before each write', async () => {
        const { maxTextChars } = await harness.adapter.capabilities(harness.room);
        const sent = messageToSend(harness, 'word '.repeat(Math.ceil((maxTextChars * 1.5) / 5)));
        await send(sent.request);
        const writes = messagesOf(harness.written()).length;
        expect(writes).toBeGreaterThan(1);
        expect(sent.beforeSends()).toBeGreaterThanOrEqual(writes);
      });

      it('does not write where it may not', async () => {
        const sent = messageToSend(harness, 'too late', {
          beforeSend: () => {
            throw new ShardLost('another replica has it');
          },
        });
        expect(await failureOf(send(sent.request))).toBeInstanceOf(ShardLost);
        expect(messagesOf(harness.written())).toEqual([]);
        expect(sent.made).toEqual([]);
      });

      it('splits what is over the limit, in order, and loses nothing', async () => {
        const { maxTextChars } = await harness.adapter.capabilities(harness.room);
        const words = Array.from(
          { length: Math.ceil((maxTextChars * 2.5) / 8) },
          (_, index) => `w${String(index).padStart(6, '0')}`,
        );
        const sent = messageToSend(harness, words.join(' '));
        await send(sent.request);
        const entries = messagesOf(harness.written());
        expect(entries.length).toBeGreaterThan(2);
        expect(entries.map((entry) => entry.key)).toEqual(entries.map((_, part) => sent.request.key(part)));
        expect(sent.made.map((copy) => copy.part)).toEqual(entries.map((_, part) => part));
        expect(entries.flatMap((entry) => harness.bodyOf(entry).split(/\s+/)).filter((word) => word !== '')).toEqual(
          words,
        );
      });

      it('does not make parts again that were made before', async () => {
        const { maxTextChars } = await harness.adapter.capabilities(harness.room);
        const text = 'word '.repeat(Math.ceil((maxTextChars * 1.5) / 5));
        const first = messageToSend(harness, text);
        await send(first.request);
        const parts = messagesOf(harness.written()).length;
        await harness.forgetKeys?.();
        const again = messageToSend(harness, text, { of: first, made: first.made.slice(0, 1) });
        await send(again.request);
        const later = messagesOf(harness.written()).slice(parts);
        expect(later.map((entry) => entry.key)).toEqual(first.made.slice(1).map((copy) => copy.key));
        expect(again.made.map((copy) => copy.part).filter((part) => part > 0)).toEqual(
          first.made.slice(1).map((copy) => copy.part),
        );
      });

      it('a text that names everybody pings nobody', async () => {
        const { id } = harness.person;
        const texts = [
          `@all @everyone @here @channel @room`,
          `@${id} @"${id}" <@${id}> mail ${id}@example.org`,
          `(@all) @"guest/abc" <!channel>`,
        ];
        for (const text of texts) await send(messageToSend(harness, text).request);
        const pinged = messagesOf(harness.written()).flatMap((entry) => harness.pingedBy(entry));
        expect(pinged).toEqual([]);
      });

      it('a name that names everybody pings nobody and stays on its line', async () => {
        for (const speaker of [
          '@all',
          'Eve\n\n**Bob** (Talk): I quit',
          '[click](https://evil.example) `x` **y**',
          '\u202eevE',
        ]) {
          await send(messageToSend(harness, 'hi', { name: speaker }).request);
        }
        const entries = messagesOf(harness.written());
        expect(entries.flatMap((entry) => harness.pingedBy(entry))).toEqual([]);
        expect(entries.map((entry) => harness.bodyOf(entry))).toEqual(['hi', 'hi', 'hi', 'hi']);
      });

      it('NUL, lone surrogates, right-to-left text and emoji survive or are cleaned', async () => {
        const texts = ['a\u0000b', '\ud83d alone', 'alone \udc4d', 'שלום \u202e עולם', '👩‍👩‍👧‍👦', '\u001b[31mred', ' \n\t '];
        for (const text of texts) await send(messageToSend(harness, text).request);
        const entries = messagesOf(harness.written());
        expect(entries).toHaveLength(texts.length);
        for (const { text = '' } of entries) {
          expect([...text].filter((char) => char < ' ' && char !== '\n' && char !== '\t')).toEqual([]);
          expect(text.isWellFormed()).toBe(true);
        }
        expect(harness.bodyOf(entries[4] as LedgerEntry)).toBe('👩‍👩‍👧‍👦');
      });

      it('whatever is said: one message goes out or a typed error comes, and nobody is pinged', async () => {
        const { id } = harness.person;
        const pieces = fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('@', '@all', `@${id}`, '@"', '"', '@room', '<!here>', '\n', '**', ' '),
        );
        await fc.assert(
          fc.asyncProperty(
            fc.array(pieces, { maxLength: 8 }),
            fc.string({ unit: 'binary', maxLength: 20 }),
            async (parts, speaker) => {
              const before = messagesOf(harness.written()).length;
              await send(messageToSend(harness, parts.join(''), { name: speaker }).request);
              const entries = messagesOf(harness.written()).slice(before);
              expect(entries).toHaveLength(1);
              expect(entries.flatMap((entry) => harness.pingedBy(entry))).toEqual([]);
            },
          ),
          { numRuns: 40 },
        );
      });
    });

    describe('when the outcome is unknown', () => {
      it('accepted, then dropped: it says so, and a look finds it', async () => {
        const sent = messageToSend(harness, 'did it arrive?');
        harness.strikeWrite({ do: 'acceptThenDrop' });
        const error = await failureOf(send(sent.request));
        expect(error.failure.certainty).toMatch(/^unknown/);
        expect(await wasDone(sent)).toMatchObject({
          delivery: sent.request.delivery,
          done: [{ part: 0, id: messagesOf(harness.written())[0]?.id }],
        });
      });

      it('dropped without effect: it says so, and a look finds nothing', async () => {
        const sent = messageToSend(harness, 'it did not arrive');
        harness.strikeWrite({ do: 'drop' });
        expect((await failureOf(send(sent.request))).failure.certainty).toMatch(/^unknown/);
        expect(await wasDone(sent)).toEqual({ delivery: sent.request.delivery, done: 'notFound' });
        expect(messagesOf(harness.written())).toEqual([]);
      });

      it('an answer cut in the middle is no answer', async () => {
        const sent = messageToSend(harness, 'half an answer');
        harness.strikeWrite({ do: 'truncate' });
        expect((await failureOf(send(sent.request))).failure.certainty).toMatch(/^unknown/);
        expect(await wasDone(sent)).toMatchObject({ done: [{ part: 0 }] });
      });

      it('a page instead of an answer is no answer', async () => {
        const sent = messageToSend(harness, 'maintenance');
        harness.strikeWrite({ do: 'html' });
        const error = await failureOf(send(sent.request));
        expect(error).toBeInstanceOf(NetworkUnavailable);
        expect(error.failure.certainty).toMatch(/^unknown/);
        expect(await wasDone(sent)).toEqual({ delivery: sent.request.delivery, done: 'notFound' });
      });

      it('a look tells the deliveries of a batch apart', async () => {
        const [first, second, third] = ['first', 'second', 'third'].map((text) => messageToSend(harness, text)) as [
          Sent,
          Sent,
          Sent,
        ];
        await send(first.request);
        await send(third.request);
        const outcomes = await harness.adapter.wasDone(
          [first, second, third].map((sent) => ({
            ...sent.request,
            partOf: (key: DeliveryKey) => sent.partOf(key),
          })),
          first.since,
          signal,
        );
        const done = new Map(outcomes.map((outcome) => [outcome.delivery, outcome.done]));
        expect(done.get(first.request.delivery)).toMatchObject(first.made);
        expect(done.get(second.request.delivery)).toBe('notFound');
        expect(done.get(third.request.delivery)).toMatchObject(third.made);
      });

      it('a pause that the server asks for is told with its length, and nothing was sent', async () => {
        const sent = messageToSend(harness, 'not so fast');
        harness.strikeWrite(harness.rateLimited(7000));
        const error = await failureOf(send(sent.request));
        expect(error).toBeInstanceOf(RateLimited);
        expect(error.failure).toMatchObject({ retry: { afterMs: 7000 }, certainty: 'notSent' });
      });

      it.each([400, 403, 404, 409, 413, 500, 502, 503])(
        'the status %i is a typed error, and the next attempt works: also that of another speaker, where one takes over',
        async (status) => {
          harness.strikeWrite({ do: 'answer', status, body: '{}' });
          const sent = messageToSend(harness, 'again');
          const takesOver = harness.refusals === 'passedOn' && status < 500;
          if (!takesOver) {
            await failureOf(send(sent.request));
            harness.calmDown();
          }
          await send(sent.request);
          expect(messagesOf(harness.written())).toHaveLength(1);
        },
      );

      it('a send that is given up ends soon, as unknown or not sent', async () => {
        harness.strikeWrite({ do: 'hang', forMs: patienceMs });
        const stop = new AbortController();
        const sent = messageToSend(harness, 'never mind', {
          beforeSend: () => setTimeout(() => stop.abort(), pollEveryMs),
        });
        await failureOf(send(sent.request, stop.signal));
        expect(sent.made).toEqual([]);
      });
    });

    describe('how it ends', () => {
      it('an abort ends listening and reading promptly', async () => {
        const { pulling } = harness.adapter;
        if (pulling === undefined) return;
        const { cursor } = await pulling.pull(harness.room, null, 'now', signal);
        const stop = new AbortController();
        const held = pulling.pull(harness.room, cursor, 'wait', stop.signal).then(
          () => 'ended',
          () => 'ended',
        );
        const watched = pulling
          .watch(
            {
              rooms: () => Promise.resolve([]),
              wake: () => Promise.resolve(),
              watch: () => Promise.resolve(),
              joined: () => Promise.resolve({ rooms: [], upTo: '' }),
            },
            stop.signal,
          )
          .then(
            () => 'ended',
            () => 'ended',
          );
        setTimeout(() => stop.abort(), pollEveryMs);
        expect(await Promise.all([held, watched])).toEqual(['ended', 'ended']);
      });

      it('reads that fail are typed errors, and the next one works', async () => {
        const { strikeReads } = harness;
        if (strikeReads === undefined) return;
        const faults: Fault[] = [
          { do: 'answer', status: 500, body: '' },
          { do: 'answer', status: 503, body: '<html>' },
          { do: 'answer', status: 404, body: '{}' },
          { do: 'drop' },
          { do: 'truncate' },
          { do: 'html' },
        ];
        await harness.arrived();
        await harness.post('after all');
        for (const fault of faults) {
          strikeReads(fault, 1);
          await failureOf(harness.arrived());
          harness.calmDown();
        }
        expect((await arrivals(1)).map((event) => textOf(event))).toEqual(['after all']);
      });
    });
  });
}

export interface Sent {
  readonly request: DeliveryRequest<MessageSent>;
  readonly made: readonly Copy[];
  readonly since: Date;
  partOf(key: DeliveryKey): number | undefined;
  beforeSends(): number;
}

export interface SendOptions {
  readonly name?: string;
  readonly made?: readonly Copy[];
  /** Another attempt at the same delivery. */
  readonly of?: Sent;
  readonly beforeSend?: () => void;
  /** What goes with it. */
  readonly files?: readonly FileRef[];
  readonly openFile?: DeliveryRequest<MessageSent>['openFile'];
}

/** What the core hands to an adapter for a message that somebody wrote on another network. */
export function messageToSend(harness: Harness, text: string, options: SendOptions = {}): Sent {
  const account = accountId('elsewhere');
  const room = { account, id: roomId('!there') };
  const person = { account, id: userId('@eve:there'), name: options.name ?? 'Eve', standing: 'person' as const };
  const event: MessageSent = {
    kind: 'messageSent',
    room,
    actor: person,
    at: new Date().toISOString(),
    message: { room, id: remoteId(`$${randomBytes(8).toString('hex')}`) },
    body: text === '' ? [] : fromPlain(text),
    files: options.files ?? [],
    style: 'text',
  };
  const delivery = options.of?.request.delivery ?? newDelivery();
  const made: Copy[] = [];
  let asked = 0;
  const request: DeliveryRequest<MessageSent> = {
    delivery,
    room: harness.room,
    event,
    speaker: {
      as: harness.speakAs,
      person,
      networkLabel: 'Elsewhere',
      profile: { name: person.name },
      openAvatar: () => Promise.reject(new Error('has no picture')),
    },
    target: [],
    made: options.made ?? [],
    key: (part) => keyOf(delivery, part),
    onMade: (copy) => made.push(copy),
    onGone: () => undefined,
    openFile: options.openFile ?? (() => Promise.reject(new Error('there are no files'))),
    beforeSend: () => {
      asked += 1;
      options.beforeSend?.();
    },
  };
  return {
    request,
    made,
    since: new Date(),
    partOf: (key) => Array.from({ length: 1000 }, (_, part) => part).find((part) => keyOf(delivery, part) === key),
    beforeSends: () => asked,
  };
}

function newDelivery(): DeliveryId {
  return deliveryId(
    randomBytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  );
}

/** 34 bytes as base64url: 46 characters, as the core makes them. */
function keyOf(delivery: DeliveryId, part: number): DeliveryKey {
  const head = Buffer.concat([Buffer.from(delivery.replaceAll('-', ''), 'hex'), Buffer.from([part >> 8, part & 255])]);
  const proof = createHash('sha256').update(head).digest().subarray(0, 16);
  return deliveryKey(Buffer.concat([head, proof]).toString('base64url'));
}

function messagesOf(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return entries.filter((entry) => entry.kind === 'message');
}

export function eventsIn(arrived: readonly Arrived[]): readonly BridgeEvent[] {
  return arrived.flatMap(({ result }) => ('events' in result ? result.events : []));
}

/** Messages of people, in the order in which they came. */
export function messagesIn(arrived: readonly Arrived[]): readonly MessageSent[] {
  return eventsIn(arrived).filter(
    (event): event is MessageSent => event.kind === 'messageSent' && event.actor.standing === 'person',
  );
}

export function textOf(event: MessageSent | undefined): string {
  return event === undefined ? '' : toText(event.body);
}

function toText(value: unknown): string {
  if (Array.isArray(value)) return value.map(toText).join('');
  if (typeof value !== 'object' || value === null) return '';
  if ('text' in value && typeof value.text === 'string') return value.text;
  return 'content' in value ? toText(value.content) : '';
}

export async function until(holds: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
  }
}
