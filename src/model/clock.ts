/** Time, injected so that tests can move it. */
export interface Clock {
  now(): Date;
  /** Milliseconds of a clock that never jumps; only differences mean anything. */
  monotonicMs(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts (it does not throw). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A clock for those who wait in thousands: an AbortSignal of its own would be most of what each of them takes. */
export interface AlarmClock extends Clock {
  /** Calls `act` after `ms`, unless it is called off by what is returned. */
  after(ms: number, act: () => void): () => void;
}
