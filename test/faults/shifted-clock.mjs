// Loaded into the service before it starts (`node --import`): its wall clock is as many milliseconds off as the file says that
// CLOCK_OFF_BY_MS_FILE names, also when that changes later. Time that only passes (performance.now, timers) stays as it is.
import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_OFF_BY_MS_FILE;
const RealDate = Date;
let offMs = 0;

function look() {
  const saidMs = Number(readFileSync(file, 'utf8'));
  if (saidMs === offMs) return;
  offMs = saidMs;
  process.stderr.write(`the clock is ${offMs} ms off\n`);
}

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offMs);
    else super(...given);
  }

  static now() {
    return RealDate.now() + offMs;
  }
};

look();
setInterval(look, 50).unref();
