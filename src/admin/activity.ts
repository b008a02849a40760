import type { Clock } from '../model/clock.js';
import type { ActivityRepository, MinuteCounts, RecentActivity } from '../persistence/activity.repository.js';

/** The activity with every minute of the time that it is about, also those in which nothing happened. */
export type ActivityReport = RecentActivity;

const shownMinutes = 15;
/** At more than that within a quarter of an hour, the newest speak for all. */
const mostDeliveries = 50_000;
/** Many pages may be open: the database is asked for all of them at once. */
const believedForMs = 2_000;

/** What went through in the last minutes. */
export class Activity {
  #asked: { readonly atMs: number; readonly report: Promise<ActivityReport> } | undefined;

  constructor(
    private readonly repository: Pick<ActivityRepository, 'recent'>,
    private readonly clock: Pick<Clock, 'now' | 'monotonicMs'>,
  ) {}

  report(): Promise<ActivityReport> {
    const atMs = this.clock.monotonicMs();
    if (this.#asked !== undefined && atMs - this.#asked.atMs < believedForMs) return this.#asked.report;
    const report = this.#read();
    this.#asked = { atMs, report };
    // What failed is asked for again by the next one who wants to know.
    report.catch(() => (this.#asked = undefined));
    return report;
  }

  async #read(): Promise<ActivityReport> {
    const minutes = minutesUntil(this.clock.now());
    const recent = await this.repository.recent(minutes[0] ?? this.clock.now(), mostDeliveries);
    return { ...recent, minutes: minutes.map((minute) => countsOf(minute, recent.minutes)) };
  }
}

/** The beginnings of the last minutes, the one that is not over included, the oldest first. */
function minutesUntil(now: Date): Date[] {
  const last = Math.floor(now.getTime() / 60_000);
  return Array.from({ length: shownMinutes }, (_, at) => new Date((last - shownMinutes + 1 + at) * 60_000));
}

function countsOf(minute: Date, known: readonly MinuteCounts[]): MinuteCounts {
  const counts = known.find((each) => each.minute.getTime() === minute.getTime());
  return counts ?? { minute, delivered: 0, skipped: 0, parked: 0, waiting: 0 };
}
