import type { MessageEvent, OnModuleDestroy } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import type { Clock } from '../model/clock.js';
import type { Log } from '../model/network-definition.js';
import type { ActivityRepository, DeliverySight } from '../persistence/activity.repository.js';

const lookEveryMs = 1_000;
/** What a page is shown at its beginning; and what can come at once, so that a flood passes by in samples. */
const newest = 50;
/** Deliveries that wait are watched until they end, so many at most. */
const mostWatched = 500;
/** Keeps what is between us and the page from taking the silence for the end. */
const beatEveryLooks = 15;

/** Tells pages of deliveries as they come and change. Looks only while somebody follows. */
export class LiveFeed implements OnModuleDestroy {
  readonly #followers = new Set<Subscriber<MessageEvent>>();
  /** What is known of the newest ones, and of those that wait. */
  #known = new Map<string, DeliverySight>();
  #looking: AbortController | undefined;

  constructor(
    private readonly repository: Pick<ActivityRepository, 'sights'>,
    private readonly clock: Pick<Clock, 'sleep'>,
    private readonly log: Log,
  ) {}

  /** Begins with the newest ones. Ends when the service does. */
  follow(): Observable<MessageEvent> {
    return new Observable<MessageEvent>((follower) => {
      for (const sight of this.#known.values()) follower.next(eventOf(sight));
      this.#followers.add(follower);
      if (this.#looking === undefined) this.#look();
      return () => {
        this.#followers.delete(follower);
        if (this.#followers.size === 0) this.#rest();
      };
    });
  }

  /** Connections that are open would keep the listener from closing. */
  onModuleDestroy(): void {
    for (const follower of [...this.#followers]) follower.complete();
    this.#rest();
  }

  #look(): void {
    const looking = new AbortController();
    this.#looking = looking;
    void this.#run(looking.signal);
  }

  #rest(): void {
    this.#looking?.abort();
    this.#looking = undefined;
    this.#known = new Map();
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let looks = 1; !signal.aborted; looks += 1) {
      try {
        const waiting = [...this.#known.values()].filter(({ state }) => state === 'waiting').map(({ id }) => id);
        const sights = await this.repository.sights(newest, waiting);
        if (!signal.aborted) this.#tell(sights);
      } catch (error) {
        this.log.debug({ error }, 'the feed could not look; it looks again in its turn');
      }
      if (looks % beatEveryLooks === 0) this.#send({ type: 'beat', data: '' });
      await this.clock.sleep(lookEveryMs, signal);
    }
  }

  #tell(sights: readonly DeliverySight[]): void {
    const fresh = sights.filter((sight) => changed(this.#known.get(sight.id), sight));
    for (const sight of fresh) this.#send(eventOf(sight));
    const lasting = sights.filter(({ state }, at) => state === 'waiting' || at >= sights.length - newest);
    this.#known = new Map(lasting.slice(-mostWatched).map((sight) => [sight.id, sight]));
  }

  #send(event: MessageEvent): void {
    for (const follower of this.#followers) follower.next(event);
  }
}

function changed(before: DeliverySight | undefined, now: DeliverySight): boolean {
  return before?.state !== now.state || before.reason !== now.reason;
}

function eventOf(sight: DeliverySight): MessageEvent {
  return { type: 'sight', data: sight };
}
