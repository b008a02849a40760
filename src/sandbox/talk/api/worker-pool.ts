/** The server's workers: each request holds one, a held poll included; the rest wait in line. */
export class WorkerPool {
  #free: number;
  readonly #line: (() => void)[] = [];

  /** @param size Infinity is no limit */
  constructor(private readonly size: number) {
    this.#free = size;
  }

  get busy(): number {
    return Number.isFinite(this.size) ? this.size - this.#free : 0;
  }

  get waiting(): number {
    return this.#line.length;
  }

  async run<T>(work: () => T | Promise<T>): Promise<T> {
    if (!Number.isFinite(this.size)) return work();
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#line.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#line.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
