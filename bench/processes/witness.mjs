// What a sandbox server's ledger says of the benchmark's messages, and people who write on a schedule.
import { setTimeout as sleep } from 'node:timers/promises';
import { madeBytes } from '../../dist/sandbox/made-bytes.js';
import { nowMs } from '../support/child.mjs';

const mark = /\bb(\d+)m(\d+)x\b/;

/**
 * The calls that all servers answer. `post` writes one message as a person, without HTTP; `postFile` a file with a caption; `files` are those that
 * a room shows, each as its `StoredBytes`.
 */
export function witnessCalls(ledger, faults, { post, postFile, files }) {
  const runs = new Map();
  const of = (run) => runs.get(run) ?? runs.set(run, []).get(run);
  ledger.watch(({ kind, room, text }) => {
    const found = kind === 'message' ? mark.exec(text ?? '') : null;
    if (found !== null) of(Number(found[1])).push({ atMs: nowMs(), room, number: Number(found[2]) });
  });
  const write = (run, rooms, number) =>
    post(rooms[number % rooms.length], `b${run}m${number}x, and what else there is to say`);
  return {
    count: (run) => of(run).length,
    entries: (run) => of(run),
    /** Writes on a fixed schedule, in one room after the other. Message n is due at `startMs` + n × 1000 ÷ `perSecond`. */
    async load({ run, rooms, perSecond, total }) {
      const startMs = nowMs();
      for (let number = 0; number < total;) {
        const due = Math.min(total, Math.floor(((nowMs() - startMs) * perSecond) / 1000) + 1);
        for (; number < due; number += 1) write(run, rooms, number);
        await sleep(1);
      }
      return startMs;
    },
    /** Writes everything as fast as it goes. Returns how many milliseconds it took. */
    burst({ run, rooms, total }) {
      const startMs = nowMs();
      for (let number = 0; number < total; number += 1) write(run, rooms, number);
      return nowMs() - startMs;
    },
    /** In each room a file, all at once. */
    carry({ run, rooms, bytes }) {
      for (const [at, room] of rooms.entries()) {
        postFile(room, `b${run}m${at}x`, { name: `file ${at}.bin`, bytes: madeBytes(at, bytes) });
      }
      return nowMs();
    },
    /** What the room's files hold. */
    digests: (room) => files(room).map(({ length, digest }) => ({ length, digest })),
    strike: (rule) => faults.add(rule),
    heal: () => faults.clear(),
  };
}
