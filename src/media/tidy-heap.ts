import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../model/clock.js';

/** A collection stops everything else: for 50 ms and more where a heap has 50 MB in use. */
const apartMs = 15_000;

/**
 * What to call again and again where much memory passes through: all that is no longer used goes, at most once in 15 s. V8 itself would
 * let it lie until its heap is half as large again.
 */
export function tidyHeap(clock: Clock, collect = collection): () => void {
  let dueMs = 0;
  return () => {
    const nowMs = clock.monotonicMs();
    if (nowMs < dueMs) return;
    dueMs = nowMs + apartMs;
    collect();
  };
}

/** V8 has it, and Node gives it only to who asks for it as it starts, or this way. */
function collection(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
