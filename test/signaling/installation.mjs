// Unpacks Debian's package of the signaling server into a folder of its own. Needs apt-get, dpkg-deb and a package index.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const packageName = 'nextcloud-spreed-signaling';
const timeoutMs = 5 * 60_000;

const run = promisify(execFile);

/**
 * The one that `CROSSTALK_SIGNALING_SERVER` names; else it is unpacked once, in `CROSSTALK_SIGNALING_CACHE` or beside other temporary files.
 * @returns {Promise<{ program: string } | { skip: string }>} where it is, or a sentence that says why there is none
 */
export async function installSignalingServer() {
  const named = process.env.CROSSTALK_SIGNALING_SERVER;
  if (named !== undefined) return { program: named };
  const cache = process.env.CROSSTALK_SIGNALING_CACHE ?? join(tmpdir(), 'crosstalk-signaling');
  const program = join(cache, 'unpacked', 'usr', 'bin', `${packageName}-server`);
  if (existsSync(program)) return { program };
  try {
    await rm(cache, { recursive: true, force: true });
    await mkdir(cache, { recursive: true });
    await run('apt-get', ['download', packageName], { cwd: cache, timeout: timeoutMs });
    const file = (await readdir(cache)).find((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['-x', join(cache, file ?? ''), join(cache, 'unpacked')], { timeout: timeoutMs });
    // It does not run everywhere where it can be unpacked.
    await run(program, ['-version'], { timeout: timeoutMs });
    return { program };
  } catch (error) {
    await rm(cache, { recursive: true, force: true });
    return { skip: `${packageName} cannot be had here: ${reasonOf(error)}` };
  }
}

function reasonOf(error) {
  const lines = String(error?.stderr ?? '').split('\n');
  return lines.find((line) => /^E:|error/.test(line)) ?? (error instanceof Error ? error.message.split('\n')[0] : '');
}
