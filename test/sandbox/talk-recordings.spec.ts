import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';

const tool = fileURLToPath(new URL('../../../shared/tools/replay-talk-recordings.mjs', import.meta.url));
const recordings = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '12', '13', '16'];

interface Replay {
  readonly status: number | null;
  readonly output: string;
}

function replay(base: string, only: string): Promise<Replay> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tool, '--base', base, '--only', only, '--verbose']);
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output: Buffer.concat(output).toString('utf8') }));
  });
}

describe('the sandbox Talk server against the recordings of a real one', () => {
  let sandbox: TalkSandbox;

  beforeAll(async () => {
    sandbox = new TalkSandbox({
      bots: [
        {
          name: 'Bridge',
          description: 'A bridge',
          secret: 'S'.repeat(64),
          url: 'http://127.0.0.1:8099/hook',
          features: ['webhook', 'response', 'reaction'],
        },
      ],
    });
    await sandbox.start(0);
  });

  afterAll(async () => {
    await sandbox.stop();
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
      const { status, output } = await replay(sandbox.url, recordings.join(','));
      expect(output).toMatch(/ 0 failed\n$/);
      expect(status).toBe(0);
    }, 120_000);
  }
});
