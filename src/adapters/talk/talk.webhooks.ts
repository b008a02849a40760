import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../model/clock.js';
import { roomId, type AccountId, type RoomId } from '../../model/ids.js';
import type { Log, PublicAnswer, PublicCall, PublicRequest, PublicRoute } from '../../model/network-definition.js';
import { webAddress } from '../../model/web-address.js';
import type { BotSecret, BotSecrets } from './talk.bot-secrets.js';
import { Randoms } from './talk.randoms.js';

const pathPattern = '/talk/:account/webhook';
/** A message of 32,000 characters beyond ASCII and the one that it answers, each escaped twice. */
const maxBodyBytes = 2 * 1024 * 1024;
/** A room is woken at most once in this time: what is told meanwhile is read by the next read. */
const wakeEveryMs = 25;
/** Nothing else may ever tell of an edit: where a room cannot be woken, as while the database is away, it is tried for some minutes. */
const wakeAgainMs = 5_000;
const mostWakes = 60;
/** What is told within this time is written down together. */
const collectMs = 250;

const unsigned: PublicAnswer = { status: 401, json: { error: 'it is not signed by the bot of this account' } };
const done: PublicAnswer = { status: 200, json: {} };

/** Pure: where an account's bot tells what happens. */
export function webhookPath(account: AccountId): string {
  return pathPattern.replace(':account', encodeURIComponent(account));
}

/** The address that the bots of all accounts call: the account is known by its own path and secret. Source: facts of Talk 22, bots v1. */
export function webhookRoutes(targets: readonly TalkWebhooks[]): readonly PublicRoute[] {
  if (targets.length === 0) return [];
  return [
    {
      method: 'POST',
      path: pathPattern,
      maxBodyBytes,
      refusal: (call) => (proofIn(call) === undefined ? unsigned : undefined),
      handle: async (request) => {
        const target = targets.find(({ account }) => account === request.params['account']);
        return target === undefined ? refusedAsAny(request) : target.take(request);
      },
    },
  ];
}

export interface WebhookParts {
  readonly account: AccountId;
  /** The server's address as we know it. */
  readonly url: string;
  readonly secrets: Pick<BotSecrets, 'known' | 'used'>;
  readonly clock: Clock;
  readonly log: Log;
  isLinked(room: string): boolean;
  /** Has these rooms read at once. */
  wake(rooms: readonly RoomId[]): Promise<void>;
  /** Writes down that they were told of. */
  pushed(rooms: readonly RoomId[]): Promise<void>;
}

/** What the bot of one account tells. Nothing of it is believed but that something happened in a room. */
export class TalkWebhooks {
  readonly #randoms: Randoms;
  /** Rooms that were woken just now, and whether they are to be once more. */
  readonly #waking = new Map<RoomId, 'woken' | 'again'>();
  #told = new Set<RoomId>();
  #isTelling = false;
  #signal = new AbortController().signal;
  #warnedOf: string | undefined;
  /** What the server is called, found to be the same address. */
  #knownBackend: string | undefined;

  constructor(private readonly parts: WebhookParts) {
    this.#randoms = new Randoms(parts.clock);
  }

  get account(): AccountId {
    return this.parts.account;
  }

  /** From now on what is told is acted upon until `signal` aborts. */
  begin(signal: AbortSignal): void {
    this.#signal = signal;
  }

  /** Answers before anything is read: Talk waits 5 s and tells it once. */
  async take(request: PublicRequest): Promise<PublicAnswer> {
    const { secrets } = this.parts;
    const proof = proofIn(request);
    if (proof === undefined) return unsigned;
    const signed =
      signedWith(request, proof, await secrets.known()) ?? signedWith(request, proof, await secrets.known('doubted'));
    if (signed === undefined) return refusedAsAny(request);
    if (this.#randoms.take(proof.random) === 'again') return done;
    this.#inBackground(secrets.used(signed), 'the secrets of the bot could not be put in order');
    this.#compareBackend(request.headers['x-nextcloud-talk-backend'] ?? '');
    const room = roomIn(request.body);
    if (room === undefined || !this.parts.isLinked(room)) return done;
    this.#wake(room);
    this.#tell(room);
    return done;
  }

  #wake(room: RoomId): void {
    if (this.#waking.has(room)) this.#waking.set(room, 'again');
    else this.#inBackground(this.#keepWaking(room), 'a room could not be woken: the room list will tell of it');
  }

  async #keepWaking(room: RoomId): Promise<void> {
    const { clock } = this.parts;
    try {
      do {
        this.#waking.set(room, 'woken');
        await this.#wakeOnce(room);
        // Without the signal: hundreds of rooms may wait at the same moment, and it is over at once.
        await clock.sleep(wakeEveryMs);
      } while (this.#waking.get(room) === 'again' && !this.#signal.aborted);
    } finally {
      this.#waking.delete(room);
    }
  }

  async #wakeOnce(room: RoomId): Promise<void> {
    for (let wakes = 1; ; wakes += 1) {
      try {
        await this.parts.wake([room]);
        return;
      } catch (error) {
        if (wakes === mostWakes || this.#signal.aborted) throw error;
        if (wakes === 1) this.parts.log.warn({ account: this.account, room, error }, 'a room cannot be woken yet');
        await this.parts.clock.sleep(wakeAgainMs, this.#signal);
      }
    }
  }

  #tell(room: RoomId): void {
    this.#told.add(room);
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#inBackground(this.#tellTogether(), 'it could not be written down which rooms the bot told of');
  }

  async #tellTogether(): Promise<void> {
    await this.parts.clock.sleep(collectMs);
    const told = [...this.#told];
    this.#told = new Set();
    this.#isTelling = false;
    await this.parts.pushed(told);
  }

  /** The server's own address need not be the one that we use; another server altogether should not have the secret. */
  #compareBackend(backend: string): void {
    if (backend === this.#warnedOf || backend === this.#knownBackend) return;
    if (isSameAddress(backend, this.parts.url)) {
      this.#knownBackend = backend;
      return;
    }
    this.#warnedOf = backend;
    const { account, log, url } = this.parts;
    log.warn(
      { account, backend: backend.slice(0, 200), url },
      'the bot calls from a server that names another address',
    );
  }

  #inBackground(work: Promise<void>, failed: string): void {
    work.catch((error: unknown) => {
      this.parts.log.warn({ account: this.parts.account, error }, failed);
    });
  }
}

interface Proof {
  readonly random: string;
  readonly signature: Buffer;
}

function proofIn({ headers }: PublicCall): Proof | undefined {
  const random = headers['x-nextcloud-talk-random'] ?? '';
  const signature = headers['x-nextcloud-talk-signature'] ?? '';
  const isWhole = /^[\x21-\x7e]{32,128}$/.test(random) && /^[0-9a-f]{64}$/i.test(signature);
  return isWhole ? { random, signature: Buffer.from(signature, 'hex') } : undefined;
}

/** What it was signed with. All are compared, each in constant time. */
function signedWith(
  { body }: PublicRequest,
  { random, signature }: Proof,
  secrets: readonly BotSecret[],
): BotSecret | undefined {
  const fitting = secrets.filter(({ secret }) =>
    timingSafeEqual(createHmac('sha256', secret).update(random).update(body).digest(), signature),
  );
  return fitting.at(-1);
}

const nobodys: BotSecret = { key: '', secret: randomBytes(32).toString('hex'), url: '' };

/** The same answer, after the same work, whether there is such an account or not. */
function refusedAsAny(request: PublicRequest): PublicAnswer {
  const proof = proofIn(request);
  if (proof !== undefined) signedWith(request, proof, [nobodys]);
  return unsigned;
}

/** The room that it is about: `target`, or the one that the bot was put into. */
function roomIn(body: Buffer): RoomId | undefined {
  const told = fieldsOf(parsed(body));
  const room = fieldsOf(told['type'] === 'Join' ? told['object'] : told['target'])['id'];
  return typeof room === 'string' ? roomId(room) : undefined;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined; // Then it tells nothing.
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function isSameAddress(one: string, other: string): boolean {
  const [a, b] = [webAddress(one), webAddress(other)].map((url) =>
    url === undefined ? undefined : `${url.origin}${url.pathname.replace(/(\/index\.php)?\/*$/, '')}`,
  );
  return a !== undefined && a === b;
}
