/** What a server does to one call instead of answering it as it should. */
export type Fault =
  | {
      readonly do: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** Reads the request and never answers; `forMs` later the connection is closed. The request has no effect. */
  | { readonly do: 'hang'; readonly forMs: number }
  /** Has its effect and answers as it should, after `delayMs` and at `bytesPerSecond`. */
  | { readonly do: 'slow'; readonly delayMs: number; readonly bytesPerSecond?: number }
  /** Has its effect, then drops the connection without an answer. */
  | { readonly do: 'acceptThenDrop' }
  /** Has no effect, and drops the connection without an answer. */
  | { readonly do: 'drop' }
  /** Has its effect; the answer's body is cut in the middle (its status is as it should be). */
  | { readonly do: 'truncate' }
  /** Has no effect; answers 200 with an HTML page. */
  | { readonly do: 'html' };

export interface FaultRule {
  readonly method?: string;
  /** A regular expression over the path and query. */
  readonly path: string;
  /** How many matching calls pass first. Default 0. */
  readonly after?: number;
  /** How many calls it strikes. Default 1. */
  readonly times?: number;
  /** The share of matching calls that it strikes, 0 to 1. Default 1. */
  readonly share?: number;
  readonly fault: Fault;
}

interface ArmedRule {
  readonly rule: FaultRule;
  readonly path: RegExp;
  passed: number;
  struck: number;
}

/** The faults that a server commits, call by call: the first armed rule that matches decides. */
export class FaultScript {
  #rules: ArmedRule[] = [];
  #struck = 0;
  #watcher: ((method: string, pathAndQuery: string) => void) | undefined;

  constructor(private readonly random: () => number = Math.random) {}

  /** Returns where it is counted how many calls the rule has struck. */
  add(rule: FaultRule): { readonly struck: number } {
    const armed: ArmedRule = { rule, path: new RegExp(rule.path), passed: 0, struck: 0 };
    this.#rules.push(armed);
    return armed;
  }

  clear(): void {
    this.#rules = [];
  }

  /** How many calls were struck since the start. */
  get struck(): number {
    return this.#struck;
  }

  /** Tells of every later call when it has come in, before anything becomes of it. */
  watch(watcher: (method: string, pathAndQuery: string) => void): void {
    this.#watcher = watcher;
  }

  next(method: string, pathAndQuery: string): Fault | undefined {
    this.#watcher?.(method, pathAndQuery);
    for (const armed of this.#rules) {
      const { rule } = armed;
      if (rule.method !== undefined && rule.method !== method) continue;
      if (!armed.path.test(pathAndQuery)) continue;
      if (armed.struck >= (rule.times ?? 1)) continue;
      if (armed.passed < (rule.after ?? 0)) {
        armed.passed += 1;
        continue;
      }
      if (rule.share !== undefined && this.random() >= rule.share) continue;
      armed.struck += 1;
      this.#struck += 1;
      return rule.fault;
    }
    return undefined;
  }
}
