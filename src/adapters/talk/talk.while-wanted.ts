import { SignalingLost } from './talk.signaling-errors.js';

/** What the work gives. Throws SignalingLost as soon as `signal` aborts: nobody waits for the work any more, which goes on by itself. */
export async function whileWanted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => (stop = () => reject(new SignalingLost('no longer wanted'))));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
