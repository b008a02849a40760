import type { Clock } from '../../model/clock.js';
import { LoginRefused } from '../../model/errors.js';
import type { Log } from '../../model/network-definition.js';
import { intervals, signalingMode } from './talk.constants.js';
import { SignalingLost, SignalingRefused, SignalingUnfit, type SignalingRequest } from './talk.signaling-errors.js';
import { backendOf, federationOf, proofOf } from './talk.signaling-hello.js';
import { signalingWords, type SignalingMessage, type SignalingPerson } from './talk.signaling-messages.js';
import { SignalingPauses } from './talk.signaling-pauses.js';
import { SignalingSocket, signalingAddress } from './talk.signaling-socket.js';
import { RoomTyping } from './talk.signaling-typing.js';
import type { TalkVisits, Visit } from './talk.visits.js';

export interface SignalingSessionParts {
  /** The token. */
  readonly room: string;
  readonly visits: Pick<TalkVisits, 'enter'>;
  /** Nextcloud's own address. */
  readonly nextcloud: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A connection that is silent for so long, pings included, is broken. */
  readonly quietMs: number;
  /** Addresses of servers that say no welcome, and when that is asked anew: shared by all sessions, which learn it from one another. */
  readonly withoutWelcome: Map<string, number>;
  /** There may be something to read. `chat`: the server told of a message; `outside`: to learn why we are in the room no longer. */
  onNews(of: 'chat' | 'room' | 'outside'): void;
  /** The server refused something. */
  onRefused(refused: SignalingRefused): void;
  /** Exactly these type now; told again while it lasts. */
  onTyping(people: readonly SignalingPerson[]): void;
}

/** What the server answers takes a request to Nextcloud. */
const answerWithinMs = 15_000;
const listenMs = 30_000;
const outsideAgainMs = 60_000;
/** A server that was late for once, or is a newer one by now, is not taken for an old one for ever. */
const withoutWelcomeForMs = 3_600_000;
/** Servers keep a session for half a minute; later it is not worth asking for. */
const resumableForMs = 60_000;
/** A token lasts a minute. */
const visitLastsMs = 45_000;
/** In a call it changes all the time who is in a room, and nothing is written there. */
const peopleAreNewsMs = 10_000;

/** Our account's session in one room on the signaling server, kept for as long as it is wanted. */
export class SignalingSession {
  readonly #typing: RoomTyping;
  readonly #pauses = new SignalingPauses();
  #socket: SignalingSocket | undefined;
  #resumable: { readonly address: string; readonly id: string } | undefined;
  #resumableUntilMs = 0;
  /** One that no session came of yet: the server may let us in the next time. */
  #visited: { readonly visit: Visit; readonly untilMs: number } | undefined;
  #peopleWereNewsMs = -Infinity;
  #isIn = false;
  #requests = 0;

  constructor(private readonly parts: SignalingSessionParts) {
    const { clock } = parts;
    const say = (words: string): void => {
      if (this.#isIn) this.#socket?.say(words);
    };
    this.#typing = new RoomTyping({ clock, say, onTyping: (people) => parts.onTyping(people) });
  }

  /** Whether the server tells us now what happens in the room. */
  get isIn(): boolean {
    return this.#isIn;
  }

  /** Says to everybody in the room that we type, or no longer. Nothing where we are not in. */
  sayTyping(isTyping: boolean): void {
    this.#typing.show(isTyping);
  }

  /** Until `signal` aborts: a session that is lost is resumed, or begun anew. Throws LoginRefused alone. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, room, onRefused } = this.parts;
    while (!signal.aborted) {
      try {
        await this.#session(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof LoginRefused) throw error;
        if (error instanceof SignalingRefused) {
          this.#visited = undefined;
          onRefused(error);
        }
        const pauseMs = this.#pauses.after(error);
        log.debug({ room, pauseMs, error }, 'no session on the signaling server');
        await clock.sleep(pauseMs, signal);
      }
    }
  }

  /** Ends by abort or by throwing. */
  async #session(signal: AbortSignal): Promise<void> {
    const { clock, nextcloud, quietMs } = this.parts;
    if (clock.monotonicMs() > this.#resumableUntilMs) this.#resumable = undefined;
    const resumable = this.#resumable;
    const visit = resumable === undefined ? await this.#visit(signal) : undefined;
    const address = resumable?.address ?? signalingAddress(visit?.settings.server ?? '', nextcloud);
    const socket = await SignalingSocket.open(address, clock, quietMs, signal);
    this.#socket = socket;
    let inSinceMs: number | undefined;
    try {
      const features = await this.#welcome(socket, address, signal);
      if (visit === undefined) await this.#resume(socket, resumable?.id ?? '', address, signal);
      else await this.#begin(socket, visit, features, address, signal);
      if (signal.aborted) return;
      inSinceMs = clock.monotonicMs();
      this.#pauses.begun();
      this.#isIn = true;
      // What happened while nobody listened was told to nobody.
      this.parts.onNews('room');
      await this.#listen(socket, signal);
    } finally {
      if (this.#isIn) this.#resumableUntilMs = clock.monotonicMs() + resumableForMs;
      if (inSinceMs !== undefined) this.#pauses.ended(clock.monotonicMs() - inSinceMs);
      this.#isIn = false;
      this.#socket = undefined;
      this.#typing.end();
      socket.close(signal.aborted ? signalingWords.bye(this.#nextId()) : undefined);
    }
  }

  async #visit(signal: AbortSignal): Promise<Visit> {
    const { clock, room, visits } = this.parts;
    if (this.#visited !== undefined && clock.monotonicMs() < this.#visited.untilMs) return this.#visited.visit;
    const visit = await visits.enter(room, signal);
    if (visit.settings.signalingMode === signalingMode.internal) {
      throw new SignalingUnfit('Nextcloud has no signaling server', outsideAgainMs);
    }
    this.#visited = { visit, untilMs: clock.monotonicMs() + visitLastsMs };
    return visit;
  }

  /** What the server can: nothing newer where it says no welcome. Older servers wait for a hello, and only for two seconds. */
  async #welcome(socket: SignalingSocket, address: string, signal: AbortSignal): Promise<readonly string[]> {
    const { clock, withoutWelcome } = this.parts;
    if ((withoutWelcome.get(address) ?? 0) > clock.monotonicMs()) return [];
    const untilMs = clock.monotonicMs() + intervals.signaling.welcome;
    for (;;) {
      const message = await socket.next(Math.max(untilMs - clock.monotonicMs(), 1));
      if (signal.aborted) throw new SignalingLost('no longer wanted');
      if (message !== 'silence' && message.type === 'welcome') return message.features;
      const isOver = message !== 'silence' && message.type === 'bye';
      if (isOver || clock.monotonicMs() >= untilMs) {
        withoutWelcome.set(address, clock.monotonicMs() + withoutWelcomeForMs);
      }
      if (isOver) throw new SignalingLost(`the signaling server took its leave: ${message.reason}`);
      if (clock.monotonicMs() >= untilMs) return [];
    }
  }

  async #resume(socket: SignalingSocket, resumeId: string, address: string, signal: AbortSignal): Promise<void> {
    const id = this.#nextId();
    socket.say(signalingWords.resume(id, resumeId));
    const hello = await this.#answer(socket, 'resume', id, signal).catch((error: unknown) => {
      if (error instanceof SignalingRefused) this.#resumable = undefined;
      throw error;
    });
    this.#keep(hello, address, resumeId);
  }

  async #begin(
    socket: SignalingSocket,
    { session, settings }: Visit,
    features: readonly string[],
    address: string,
    signal: AbortSignal,
  ): Promise<void> {
    const federation = federationOf(settings);
    const helloId = this.#nextId();
    socket.say(signalingWords.hello(helloId, proofOf(settings, features), backendOf(this.parts.nextcloud)));
    const hello = await this.#answer(socket, 'hello', helloId, signal);
    if (federation !== undefined && ![...features, ...featuresIn(hello)].includes('federation')) {
      throw new SignalingUnfit('the signaling server knows no rooms of other servers', 60 * outsideAgainMs);
    }
    this.#typing.begin(hello.type === 'hello' ? hello.session : '');
    const roomId = this.#nextId();
    socket.say(signalingWords.room(roomId, this.parts.room, session, federation));
    await this.#answer(socket, 'room', roomId, signal);
    this.#visited = undefined;
    this.#keep(hello, address, undefined);
  }

  /** What is needed to resume; a server that says nothing of it lets nobody resume. */
  #keep(hello: SignalingMessage, address: string, before: string | undefined): void {
    if (hello.type !== 'hello') return;
    const id = hello.resumeId ?? before;
    this.#resumable = id === undefined ? undefined : { address, id };
  }

  async #answer(
    socket: SignalingSocket,
    of: SignalingRequest,
    id: string,
    signal: AbortSignal,
  ): Promise<SignalingMessage> {
    const { clock, room } = this.parts;
    const type = of === 'room' ? 'room' : 'hello';
    const untilMs = clock.monotonicMs() + answerWithinMs;
    for (let leftMs = answerWithinMs; leftMs > 0; leftMs = untilMs - clock.monotonicMs()) {
      const message = await socket.next(leftMs);
      if (signal.aborted) throw new SignalingLost('no longer wanted');
      if (message === 'silence') continue;
      if (message.type === 'error' && (message.id === id || message.id === undefined)) {
        if (message.code === 'already_joined') return { type: 'room', id, room };
        throw new SignalingRefused(of, message.code, message.message);
      }
      if (message.type === type && message.id === id) return message;
      this.#take(message);
    }
    throw new SignalingLost(`the signaling server did not answer the ${of}`);
  }

  async #listen(socket: SignalingSocket, signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    while (!signal.aborted) {
      const dueMs = this.#typing.nextMs;
      const message = await socket.next(dueMs === undefined ? listenMs : Math.max(dueMs - clock.monotonicMs(), 1));
      this.#typing.expire();
      if (message !== 'silence') this.#take(message);
    }
  }

  /** Throws where the session is over. */
  #take(message: SignalingMessage): void {
    const { room, onNews } = this.parts;
    switch (message.type) {
      case 'chat':
        onNews('chat');
        return;
      case 'participants':
        this.#typing.meet(message.people);
        this.#peopleChanged();
        return;
      case 'joined':
        this.#typing.meet(message.people);
        return;
      case 'left':
        this.#typing.leave(message.sessions);
        return;
      case 'said':
        this.#typing.hear(message.session, message.user, message.what);
        return;
      case 'room':
        if (message.room === '') throw this.#outside('the session is in no room any more');
        if (this.#isIn) onNews('room');
        return;
      case 'roomListed':
        if (message.room !== room) return;
        if (message.what === 'disinvite') throw this.#outside('the account is no longer in the room');
        onNews('room');
        return;
      case 'federation':
        this.#isIn = message.state === 'resumed';
        if (message.missed) onNews('room');
        return;
      case 'bye':
        this.#resumable = undefined;
        throw new SignalingLost(`the signaling server ended the session: ${message.reason}`);
      case 'error':
        this.parts.log.debug({ room, code: message.code }, 'the signaling server refused something');
        return;
      case 'welcome':
      case 'hello':
      case 'other':
        return;
    }
  }

  /** The room is to be read: that tells what became of it. */
  #outside(why: string): SignalingUnfit {
    this.#resumable = undefined;
    this.parts.onNews('outside');
    return new SignalingUnfit(why, outsideAgainMs);
  }

  /** Lines of who came and went may be there to read; the latest are read in time. */
  #peopleChanged(): void {
    const nowMs = this.parts.clock.monotonicMs();
    if (nowMs - this.#peopleWereNewsMs < peopleAreNewsMs) return;
    this.#peopleWereNewsMs = nowMs;
    this.parts.onNews('room');
  }

  #nextId(): string {
    this.#requests += 1;
    return String(this.#requests);
  }
}

function featuresIn(hello: SignalingMessage): readonly string[] {
  return hello.type === 'hello' ? hello.features : [];
}
