import { mostEntries, sideNames, type PageEvent, type PageState } from './page.types.js';

/** With more than that to tell, the whole is less. */
const mostPending = mostEntries * sideNames.length;

/**
 * What one reader is to be told next. Of what changes again and again the last form alone is kept, and of very much nothing:
 * the whole takes its place, which is no larger than what the page shows.
 */
export class PageFeed {
  /** In the order in which they are to be told. */
  readonly #pending = new Map<string, PageEvent>();
  #isWhole = true;

  /** `state`: the whole, as it is when it is called. */
  constructor(private readonly state: () => PageState) {}

  get isEmpty(): boolean {
    return !this.#isWhole && this.#pending.size === 0;
  }

  add(event: PageEvent): void {
    if (this.#isWhole) return;
    const key = keyOf(event);
    if (event.type === 'cleared') {
      for (const each of this.#pending.keys()) if (each.startsWith(`entry ${event.side} `)) this.#pending.delete(each);
      this.#pending.delete(key);
    }
    this.#pending.set(key, event);
    this.#isWhole = this.#pending.size > mostPending;
  }

  /** What is to be told now; after that, nothing is until something is added. */
  take(): readonly PageEvent[] {
    const events: PageEvent[] = this.#isWhole ? [{ type: 'state', state: this.state() }] : [...this.#pending.values()];
    this.#isWhole = false;
    this.#pending.clear();
    return events;
  }
}

function keyOf(event: PageEvent): string {
  switch (event.type) {
    case 'entry':
      return `entry ${event.side} ${event.entry.id}`;
    case 'cleared':
    case 'members':
      return `${event.type} ${event.side}`;
    case 'state':
    case 'service':
    case 'counts':
    case 'way':
      return event.type;
  }
}
