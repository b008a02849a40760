// `npm run test:browser [-- JEST ARGUMENTS]`: the pages in a real browser, with the real program behind them.
import { existsSync } from 'node:fs';
import { runSuite } from './extra-suite.mjs';

const chromium = process.env.CROSSTALK_CHROMIUM ?? '/usr/bin/chromium';

await runSuite('browser', () =>
  existsSync(chromium)
    ? { CROSSTALK_CHROMIUM: chromium }
    : { skip: `there is no ${chromium}; CROSSTALK_CHROMIUM names another one.` },
);
