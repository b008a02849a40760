// `npm run test:browser [-- JEST ARGUMENTS]`: the pages in a real browser, with the real program behind them.
import { existsSync } from 'node:fs';
import { bin, prepare, run } from './prepare.mjs';

const chromium = process.env.CROSSTALK_CHROMIUM ?? '/usr/bin/chromium';

prepare();
if (!existsSync(chromium)) {
  console.log(`SKIPPED test:browser: there is no ${chromium}; CROSSTALK_CHROMIUM names another one.`);
} else {
  const [node, jest] = bin('jest/bin/jest.js');
  run(
    node,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      ...jest,
      '--config=test/browser/jest.config.mjs',
      ...process.argv.slice(2),
    ],
    { env: { ...process.env, CROSSTALK_CHROMIUM: chromium } },
  );
}
