// Installs emulate into a folder of its own. Needs npm and a package registry.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The release whose Slack the adapter is checked against. */
const release = '0.12.2';
const installTimeoutMs = 5 * 60_000;

const run = promisify(execFile);

/**
 * Installs it once: in `CROSSTALK_EMULATE_CACHE`, else beside other temporary files.
 * @returns {Promise<{ folder: string } | { skip: string }>} the package's folder, or a sentence that says why there is none
 */
export async function installEmulate() {
  const cache = process.env.CROSSTALK_EMULATE_CACHE ?? join(tmpdir(), 'crosstalk-emulate');
  const home = join(cache, release);
  const folder = join(home, 'node_modules', 'emulate');
  const finished = join(home, 'installed');
  if (existsSync(finished)) return { folder };
  try {
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true });
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const quietly = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
    await run(npm, ['install', '--prefix', home, ...quietly, `emulate@${release}`], { timeout: installTimeoutMs });
    await writeFile(finished, '');
    return { folder };
  } catch (error) {
    return { skip: `emulate ${release} cannot be installed here: ${reasonOf(error)}` };
  }
}

function reasonOf(error) {
  const lines = `${error?.stderr ?? ''}\n${error instanceof Error ? error.message : String(error)}`.split('\n');
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  return said.find((line) => line.startsWith('npm error') && !/ code /.test(line)) ?? said[0];
}
