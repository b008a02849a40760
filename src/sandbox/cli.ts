import { fileURLToPath } from 'node:url';
import { ArgumentFault, readArguments, type SandboxArguments } from './arguments.js';
import { choosePort } from './free-port.js';
import { runMatrixSandbox } from './matrix/standalone.js';
import { LeftoverStays } from './sandbox-folder.js';
import { NotASandbox, SandboxInUse } from './sandbox-lock.js';
import { Sandbox, type Addresses } from './sandbox.js';
import type { SideName } from './page.types.js';
import { ServiceFails } from './service-child.js';
import { runSlackSandbox } from './slack/standalone.js';
import { runTalkSandbox } from './talk/standalone.js';

const names: Readonly<Record<SideName, string>> = { talk: 'Nextcloud Talk', matrix: 'Matrix', slack: 'Slack' };
const servers: Readonly<Record<SideName, (at: { port: number }) => Promise<{ stop(): Promise<void> }>>> = {
  talk: runTalkSandbox,
  matrix: runMatrixSandbox,
  slack: runSlackSandbox,
};
const usualPorts = { page: 8790, public: 8780, admin: 8781 } as const;

/** Resolves at the first signal that asks us to end. Later ones change nothing: we are ending. */
const told = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
});

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  const wanted = readArguments(process.argv.slice(2));
  if (wanted.run === 'sandbox') await runWhole(wanted);
  else await runOne(wanted.run, wanted.port);
  process.exit(0);
} catch (error) {
  const isOfCall = error instanceof ArgumentFault || error instanceof SandboxInUse || error instanceof NotASandbox;
  const isSentence = isOfCall || error instanceof LeftoverStays || error instanceof ServiceFails;
  process.stderr.write(`${isSentence ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(isOfCall ? 2 : 1);
}

async function runWhole({
  data,
  port,
  talkPort,
  matrixPort,
  slackPort,
}: Extract<SandboxArguments, { run: 'sandbox' }>): Promise<void> {
  const sandbox = new Sandbox({
    data,
    program: fileURLToPath(new URL('../main.js', import.meta.url)),
    page: fileURLToPath(new URL('../web/', import.meta.url)),
    env: process.env,
    ports: {
      ...usualPorts,
      page: port ?? usualPorts.page,
      talk: talkPort ?? 0,
      matrix: matrixPort ?? 0,
      slack: slackPort ?? 0,
    },
    say,
  });
  process.on('exit', () => sandbox.abandon());
  say('Crosstalk sandbox: starting three small servers, a database and the service …');
  const { addresses, ready } = await sandbox.start();
  try {
    const first = await Promise.race([ready.then(() => 'ready' as const), told]);
    if (first === 'ready') {
      say(whatToDo(addresses));
      await told;
    }
  } catch (error) {
    if (error instanceof ServiceFails) {
      throw new ServiceFails(
        `The service does not start. Its last words, from ${addresses.logFile}:\n${error.message}`,
      );
    }
    throw error;
  } finally {
    ready.catch(() => undefined);
    say('Stopping …');
    await sandbox.stop();
  }
}

async function runOne(network: SideName, port: number): Promise<void> {
  const server = await startOne(network, port).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new ArgumentFault(`Port ${port} is in use. Name another one with --${network}-port; 0 takes any free one.`);
  });
  say(`${names[network]} sandbox at http://127.0.0.1:${server.port}. Ctrl-C stops it; nothing is kept.`);
  await told;
  await server.stop();
}

/** A server that others are told the address of keeps to the port that was named. */
async function startOne(network: SideName, wanted: number): Promise<{ port: number; stop(): Promise<void> }> {
  // The Matrix server does not tell its address: a free port is chosen before.
  const { port } = wanted === 0 ? await choosePort(0) : { port: wanted };
  const server = await servers[network]({ port });
  return { port, stop: () => server.stop() };
}

function whatToDo({ page, talk, matrix, slack, admin, settingsFile, logFile }: Addresses): string {
  return `
Ready. Open

    ${page}

It shows three rooms called Team, of Nextcloud Talk, Matrix and Slack, linked by Crosstalk. Write, reply, edit, delete and
react as Anna, Ben or Clara in Talk, as Mia, Noah or Olga in Matrix, as Pia, Quinn or Rosa in Slack, watch the other two,
and kill the service.

    Nextcloud Talk server   ${talk}
    Matrix server           ${matrix}
    Slack server            ${slack}
    The service's health    ${admin}/health/ready
    Its settings            ${settingsFile}
    Its log                 ${logFile}

Ctrl-C stops everything. The next start begins afresh.`;
}
