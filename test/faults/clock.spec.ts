import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeTroubles, type Trouble } from './town.js';

const folder = mkdtempSync(join(tmpdir(), 'crosstalk clock '));
const file = join(folder, 'off-by-ms');
writeFileSync(file, '0');
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const minuteMs = 60_000;

/** The service's wall clock jumps by so much, and back at the end. */
function jump(ms: number): Trouble {
  return {
    begin: () => {
      writeFileSync(file, String(ms));
    },
    isFelt: (scene) => scene.replica().log.includes(`the clock is ${String(ms)} ms off`),
    end: () => {
      writeFileSync(file, '0');
    },
  };
}

/** As `jump`, with a kill under the wrong clock, and one when it is right again. */
function jumpAndKills(ms: number): Trouble {
  const jumped = jump(ms);
  return {
    ...jumped,
    begin: async (scene) => {
      await jumped.begin(scene);
      await scene.killAndRestart();
    },
    end: async (scene) => {
      await jumped.end(scene);
      await scene.killAndRestart();
    },
  };
}

describeTroubles(
  'clock',
  {
    full: 20,
    replica: {
      node: ['--import', pathToFileURL(resolve('test/faults/shifted-clock.mjs')).href],
      env: { CLOCK_OFF_BY_MS_FILE: file },
    },
  },
  {
    'ten minutes ahead': () => jump(10 * minuteMs),
    'ten minutes behind': () => jump(-10 * minuteMs),
    'an hour back': () => jump(-60 * minuteMs),
    'ten minutes ahead, with kills': () => jumpAndKills(10 * minuteMs),
    'ten minutes behind, with kills': () => jumpAndKills(-10 * minuteMs),
  },
);
