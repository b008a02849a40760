/** Time, injected so that tests can move it. */
export interface Clock {
  now(): Date;
  /** Milliseconds of a clock that never jumps; only differences mean anything. */
  monotonicMs(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts (it does not throw). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
