import type { Clock } from '../../model/clock.js';
import type { TalkSettings } from './talk.settings.js';

type RhythmSettings = Pick<
  TalkSettings,
  'overlapS' | 'overlapIntervalMs' | 'pollTimeoutS' | 'pollPauseMs' | 'shortPollMs' | 'maxPollPauseMs'
>;

/** A page of 200 rows takes the thread six times as long as one of 20: in a busy room that is most of what a message takes. */
const wholePageEveryMs = 1_000;

interface RoomRhythm {
  /** When the overlap is to be read again; undefined when nothing was written for long enough. */
  overlapDueMs: number | undefined;
  /** How long after this one the next is due. */
  overlapStepMs: number;
  deepReadDueMs: number;
  wholePageDueMs: number;
  /** Held requests in a row that were answered at once with nothing. */
  emptyAnswers: number;
  /** Before this the next held request does not begin. */
  notHeldBeforeMs: number;
}

/** When a room that is read by held requests is read in which way. */
export class ReadingRhythm {
  readonly #rooms = new Map<string, RoomRhythm>();

  constructor(
    private readonly settings: RhythmSettings,
    private readonly clock: Clock,
  ) {}

  /** A room that was not read yet begins with its overlap. */
  isOverlapDue(room: string): boolean {
    const { overlapDueMs } = this.#of(room);
    return overlapDueMs !== undefined && this.clock.monotonicMs() >= overlapDueMs;
  }

  /** Something was written: the overlap is read soon, then after ever longer times until nothing can come late any more. */
  hadActivity(room: string): void {
    const rhythm = this.#of(room);
    const soonMs = this.clock.monotonicMs() + this.settings.overlapIntervalMs;
    rhythm.overlapStepMs = this.settings.overlapIntervalMs;
    rhythm.overlapDueMs = Math.min(rhythm.overlapDueMs ?? soonMs, soonMs);
  }

  readOverlap(room: string): void {
    const rhythm = this.#of(room);
    rhythm.overlapStepMs *= 2;
    const isPast = rhythm.overlapStepMs > this.settings.overlapS * 1000;
    rhythm.overlapDueMs = isPast ? undefined : this.clock.monotonicMs() + rhythm.overlapStepMs;
  }

  /** Whether an overlap of many pages may be read to its end: at most once in an interval. */
  takeDeepRead(room: string): boolean {
    const rhythm = this.#of(room);
    const nowMs = this.clock.monotonicMs();
    if (nowMs < rhythm.deepReadDueMs) return false;
    rhythm.deepReadDueMs = nowMs + this.settings.overlapIntervalMs;
    return true;
  }

  /** Whether all of the newest page is to be read: of a room that is woken over and over, its newest rows are enough in between. */
  isWholePageDue(room: string): boolean {
    return this.clock.monotonicMs() >= this.#of(room).wholePageDueMs;
  }

  readWholePage(room: string): void {
    this.#of(room).wholePageDueMs = this.clock.monotonicMs() + wholePageEveryMs;
  }

  /** How long the server may hold the next request, in whole seconds: until the overlap is due. */
  heldS(room: string): number {
    const { overlapDueMs } = this.#of(room);
    if (overlapDueMs === undefined) return this.settings.pollTimeoutS;
    const leftS = Math.ceil((overlapDueMs - this.clock.monotonicMs()) / 1000);
    return Math.max(1, Math.min(this.settings.pollTimeoutS, leftS));
  }

  /** Resolves when the room's next held request may begin, or as soon as `signal` aborts. */
  async nextHeld(room: string, signal: AbortSignal): Promise<void> {
    const leftMs = this.#of(room).notHeldBeforeMs - this.clock.monotonicMs();
    if (leftMs > 0) await this.clock.sleep(leftMs, signal);
  }

  /** A held request brought something. */
  wasAnswered(room: string): void {
    const rhythm = this.#of(room);
    rhythm.emptyAnswers = 0;
    rhythm.notHeldBeforeMs = this.clock.monotonicMs() + this.settings.pollPauseMs;
  }

  /**
   * A held request brought nothing. One that was not held at all is followed by ever longer pauses: a server, or something
   * before it, that answers at once is not asked in a loop.
   */
  broughtNothing(room: string, heldS: number, tookMs: number): void {
    const rhythm = this.#of(room);
    const wasHeld = tookMs >= Math.min(this.settings.shortPollMs, heldS * 500);
    rhythm.emptyAnswers = wasHeld ? 0 : rhythm.emptyAnswers + 1;
    const { pollPauseMs, maxPollPauseMs } = this.settings;
    const pauseMs = Math.min(pollPauseMs * 2 ** Math.max(0, rhythm.emptyAnswers - 1), maxPollPauseMs);
    rhythm.notHeldBeforeMs = this.clock.monotonicMs() + pauseMs;
  }

  #of(room: string): RoomRhythm {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known;
    const rhythm = {
      overlapDueMs: this.clock.monotonicMs(),
      overlapStepMs: this.settings.overlapIntervalMs,
      deepReadDueMs: 0,
      wholePageDueMs: -Infinity,
      emptyAnswers: 0,
      notHeldBeforeMs: -Infinity,
    };
    this.#rooms.set(room, rhythm);
    return rhythm;
  }
}
