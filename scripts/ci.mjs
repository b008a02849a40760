// All that must hold before a change lands. Counts what jest counted, suite by suite.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, project, run } from './prepare.mjs';

const npm = (...args) => run('npm', ['run', '--silent', ...args]);
const reports = mkdtempSync(join(tmpdir(), 'crosstalk-ci-'));
const counts = { passed: 0, failed: 0 };
let broken = 0;

function suite(name) {
  const report = join(reports, `${name.replaceAll(':', '-')}.json`);
  console.log(`\n== ${name}`);
  const args = name === 'test' ? ['test', '--'] : ['run', '--silent', name, '--'];
  const { status, stdout } = spawnSync('npm', [...args, '--json', `--outputFile=${report}`], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const skipped = stdout.split('\n').find((line) => line.startsWith('SKIPPED '));
  if (skipped !== undefined) console.log(skipped);
  try {
    const {
      numPassedTests,
      numFailedTests,
      numFailedTestSuites,
      numPendingTests = 0,
    } = JSON.parse(readFileSync(report, 'utf8'));
    counts.passed += numPassedTests;
    counts.failed += numFailedTests;
    console.log(
      `${name}: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped, ${numFailedTestSuites} suites failed`,
    );
  } catch {
    console.log(`${name}: no test was counted (exit ${status})`);
  }
  if (status !== 0) broken += 1;
}

/** What the suites use beside Node, where this machine lets us install it; elsewhere they say what they skip for want of it. */
function installPrograms() {
  if (process.getuid() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 };
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], options).status;
  const installed =
    apt('update') === 0 && apt('install', '--yes', '--no-install-recommends', 'chromium', 'ffmpeg') === 0;
  if (!installed) console.log('Chromium and ffmpeg could not be installed.');
}

installPrograms();
prepare();
npm('lint');
npm('boundaries');
suite('test');
suite('mutants');
const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
for (const name of Object.keys(scripts).filter((script) => script.startsWith('test:'))) suite(name);
rmSync(reports, { recursive: true, force: true });
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(broken > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0);
