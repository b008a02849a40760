import { Refusal } from '../refusal.js';

const mostMentions = 50;
const withinSeconds = 86_400;

/** How often guests mention somebody: all of one address together, which here is everybody's. */
export class GuestMentions {
  #atSeconds: number[] = [];

  constructor(private readonly nowSeconds: () => number) {}

  /** Throws a Refusal 429 `mentions`. */
  count(): void {
    const since = this.nowSeconds() - withinSeconds;
    this.#atSeconds = this.#atSeconds.filter((at) => at > since);
    if (this.#atSeconds.length >= mostMentions) throw new Refusal(429, { error: 'mentions' });
    this.#atSeconds.push(this.nowSeconds());
  }
}
