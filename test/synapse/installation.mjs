// Installs Synapse into a virtual environment of its own. Needs python3 and a package index.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The release that the adapter is checked against. */
const release = '1.163.2';
const installTimeoutMs = 10 * 60_000;

const run = promisify(execFile);

/**
 * Installs it once: in `CROSSTALK_SYNAPSE_CACHE`, else beside other temporary files.
 * @returns {Promise<{ python: string } | { skip: string }>} where it is, or a sentence that says why there is none
 */
export async function installSynapse() {
  const cache = process.env.CROSSTALK_SYNAPSE_CACHE ?? join(tmpdir(), 'crosstalk-synapse');
  const home = join(cache, release);
  const python = join(home, 'bin', 'python');
  const finished = join(home, 'installed');
  if (existsSync(finished)) return { python };
  try {
    await mkdir(cache, { recursive: true });
    await rm(home, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', home], { timeout: installTimeoutMs });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '2'];
    await run(python, [...pip, `matrix-synapse==${release}`], { timeout: installTimeoutMs });
    await writeFile(finished, '');
    return { python };
  } catch (error) {
    return { skip: `Synapse ${release} cannot be installed here: ${reasonOf(error)}` };
  }
}

function reasonOf(error) {
  const text = `${error instanceof Error ? error.message : String(error)}\n${error?.stdout ?? ''}`;
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => line.startsWith('ERROR')) ?? lines.find((line) => /not available/.test(line)) ?? lines[0];
}
