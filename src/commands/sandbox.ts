import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { reachable } from '../persistence/embedded/database-user.js';
import { chooseDataFolder } from '../settings/data-folder.js';
import type { Settings } from '../settings/settings.types.js';
import { type Command, type CommandCall, type ExitCode } from './command.js';

const options = {
  port: { type: 'string', takes: 'N', says: 'port of the page; 8790 unless said otherwise, 0 for any free one' },
  only: {
    type: 'string',
    takes: 'NETWORKS',
    says: 'talk, matrix or slack, or several with commas between: servers and page without the service',
  },
  'talk-port': { type: 'string', takes: 'N', says: 'port of the Talk server; any free one unless said' },
  'matrix-port': { type: 'string', takes: 'N', says: 'port of the Matrix server; any free one unless said' },
  'slack-port': { type: 'string', takes: 'N', says: 'port of the Slack server; any free one unless said' },
  'peer-port': {
    type: 'string',
    takes: 'N',
    says: 'with --only talk: two Talk servers that federate, without page; port of the second, 0 for any free one',
  },
  'talk-version': {
    type: 'string',
    takes: '22|23',
    says: 'with --only talk: which Talk answers; 22 unless said, 23 also pins and schedules messages',
  },
} as const;

export const sandboxCommand: Command = {
  name: 'sandbox',
  usage:
    '[--port N] [--only NETWORKS] [--talk-port N] [--matrix-port N] [--slack-port N] [--peer-port N] [--talk-version 22|23]',
  summary:
    'Runs small Talk, Matrix and Slack servers with the service between them and a page to type on, or servers and page alone.',
  maxWords: 0,
  options,
  examples: [
    'sandbox',
    'sandbox --only matrix --matrix-port 8008',
    'sandbox --only talk,slack --slack-port 8009',
    'sandbox --only talk --talk-version 23',
    'sandbox --only talk --talk-port 8090 --peer-port 8091',
  ],
  run: async (call) => {
    const words = Object.keys(options).flatMap((name) => {
      const value = call.options[name];
      return typeof value === 'string' ? [`--${name}`, value] : [];
    });
    const asked = call.env['CROSSTALK_DATA'];
    return runSandbox(call, asked === undefined ? {} : { dataFolder: asked }, words);
  },
};

/** The sandbox is a program of its own: nothing of the service imports it. */
export async function runSandbox(
  { folder }: CommandCall,
  { dataFolder }: Pick<Settings, 'dataFolder'>,
  words: readonly string[],
): Promise<ExitCode> {
  const data = chooseDataFolder({ asked: dataFolder, project: folder, reachable });
  const program = fileURLToPath(new URL('../sandbox/cli.js', import.meta.url));
  const child = spawn(process.execPath, [program, '--data', data, ...words], { stdio: 'inherit' });
  // A terminal's Ctrl-C reaches the sandbox by itself; we only wait for it.
  process.on('SIGINT', waitForChild);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise<number | null>((ended, failed) => {
    child.on('error', failed);
    child.on('exit', ended);
  });
  return code === 0 ? 0 : code === 2 ? 2 : 1;
}

function waitForChild(): void {
  return;
}
