import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFederatedTalk, type FederatedPair } from '../../src/sandbox/talk/federated-pair.js';

const tool = fileURLToPath(new URL('../../../shared/tools/replay-talk-recordings.mjs', import.meta.url));
const recordings = '01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16'.split(' ');
const federation = '17-federation.json';
/** Where the second server was when it was recorded: some names of it are compared as they stand. */
const recordedPeer = '127.0.0.1:8091';

interface Replay {
  readonly status: number | null;
  readonly output: string;
}

function replay(...args: readonly string[]): Promise<Replay> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tool, '--verbose', ...args]);
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output: Buffer.concat(output).toString('utf8') }));
  });
}

describe('the sandbox Talk server against the recordings of a real one', () => {
  let pair: FederatedPair;

  beforeAll(async () => {
    pair = await runFederatedTalk({ port: 0, peerPort: 0 });
  });

  afterAll(async () => {
    await pair.stop();
  });

  if (!existsSync(tool)) {
    test('SKIPPED: the recordings and the tool that replays them are not beside the project', () => {
      console.warn(
        'SKIPPED: no ../shared/tools/replay-talk-recordings.mjs beside the project, so nothing was replayed',
      );
      expect(existsSync(tool)).toBe(false);
    });
  } else {
    test(`answers recordings ${recordings.join(', ')} without a difference`, async () => {
      const { status, output } = await replay('--base', pair.first.url, '--only', recordings.join(','));
      expect(output).toMatch(/ 0 failed\n$/);
      expect(status).toBe(0);
    }, 180_000);

    test('two that federate answer recording 17 without a difference', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'talk-federation-'));
      try {
        const recorded = readFileSync(join(tool, '../../talk-recordings', federation), 'utf8');
        const place = new URL(pair.second.url).host;
        writeFileSync(join(folder, federation), recorded.replaceAll(recordedPeer, place));
        const args = ['--base', pair.first.url, '--peer', pair.second.url, '--dir', folder];
        const { status, output } = await replay(...args);
        expect(output).toMatch(/41 passed, 0 failed\n$/);
        expect(status).toBe(0);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }, 60_000);
  }
});
