import { bin, prepare, run } from './prepare.mjs';

/**
 * Runs a suite that has a command of its own, with what `find` says it needs: variables of the environment, or in `skip` a
 * sentence that says why it cannot be had here.
 */
export async function runSuite(name, find) {
  prepare();
  const { skip, ...needs } = await find();
  if (skip !== undefined) {
    console.log(`SKIPPED test:${name}: ${skip}`);
    return;
  }
  const [node, jest] = bin('jest/bin/jest.js');
  const flags = ['--experimental-vm-modules', '--no-warnings', ...jest, `--config=test/${name}/jest.config.mjs`];
  run(node, [...flags, ...process.argv.slice(2)], { env: { ...process.env, ...needs } });
}
