import type { Clock } from '../../model/clock.js';
import type { TalkSettings } from './talk.settings.js';

type RhythmSettings = Pick<
  TalkSettings,
  'overlapS' | 'overlapIntervalMs' | 'pollTimeoutS' | 'shortPollMs' | 'maxPollPauseMs'
>;

interface RoomRhythm {
  /** When the overlap is to be read again; undefined when nothing was written for long enough. */
  overlapDueMs: number | undefined;
  /** How long after this one the next is due. */
  overlapStepMs: number;
  deepReadDueMs: number;
  /** Held requests in a row that were answered at once with nothing. */
  emptyAnswers: number;
}

const firstPauseMs = 250;

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

  /** How long the server may hold the next request, in whole seconds: until the overlap is due. */
  heldS(room: string): number {
    const { overlapDueMs } = this.#of(room);
    if (overlapDueMs === undefined) return this.settings.pollTimeoutS;
    const leftS = Math.ceil((overlapDueMs - this.clock.monotonicMs()) / 1000);
    return Math.max(1, Math.min(this.settings.pollTimeoutS, leftS));
  }

  wasAnswered(room: string): void {
    this.#of(room).emptyAnswers = 0;
  }

  /** Pauses where a held request was not held: a server, or something before it, that answers at once is not asked in a loop. */
  async pauseAfterNothing(room: string, heldS: number, tookMs: number, signal: AbortSignal): Promise<void> {
    const rhythm = this.#of(room);
    if (tookMs >= Math.min(this.settings.shortPollMs, heldS * 500)) {
      rhythm.emptyAnswers = 0;
      return;
    }
    rhythm.emptyAnswers += 1;
    await this.clock.sleep(Math.min(firstPauseMs * 2 ** rhythm.emptyAnswers, this.settings.maxPollPauseMs), signal);
  }

  #of(room: string): RoomRhythm {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known;
    const rhythm = {
      overlapDueMs: this.clock.monotonicMs(),
      overlapStepMs: this.settings.overlapIntervalMs,
      deepReadDueMs: 0,
      emptyAnswers: 0,
    };
    this.#rooms.set(room, rhythm);
    return rhythm;
  }
}
