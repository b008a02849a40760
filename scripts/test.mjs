// `npm test [-- JEST ARGUMENTS]`: prepares, checks who imports what, and runs every test that needs only Node.
import { bin, prepare, run } from './prepare.mjs';
import { checkBoundaries } from './boundaries.mjs';

prepare();
checkBoundaries();
const [node, jest] = bin('jest/bin/jest.js');
run(node, ['--experimental-vm-modules', '--no-warnings', ...jest, ...process.argv.slice(2)]);
