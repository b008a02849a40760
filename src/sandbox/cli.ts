import { fileURLToPath } from 'node:url';
import { ArgumentFault, readArguments, type SandboxArguments } from './arguments.js';
import { PageNotBuilt } from './page-files.js';
import { LeftoverStays } from './sandbox-folder.js';
import { NotASandbox, SandboxInUse } from './sandbox-lock.js';
import { Sandbox, type Addresses } from './sandbox.js';
import { PortTaken, Servers, type ServersAddresses } from './servers.js';
import { ServiceFails } from './service-child.js';
import { runFederatedTalk, type FederatedPair } from './talk/federated-pair.js';

const page = fileURLToPath(new URL('../web/', import.meta.url));
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
  else if (wanted.run === 'servers') await runServers(wanted);
  else await runTalkPair(wanted);
  process.exit(0);
} catch (error) {
  const isOfCall = [ArgumentFault, SandboxInUse, NotASandbox, PortTaken].some((fault) => error instanceof fault);
  const isSentence =
    isOfCall || error instanceof LeftoverStays || error instanceof ServiceFails || error instanceof PageNotBuilt;
  process.stderr.write(`${error instanceof Error ? (isSentence ? error.message : error.stack) : String(error)}\n`);
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
    page,
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

async function runServers({
  networks,
  ports,
  port,
  talkVersion,
}: Extract<SandboxArguments, { run: 'servers' }>): Promise<void> {
  const servers = new Servers({
    networks,
    ports,
    page,
    pagePort: port ?? usualPorts.page,
    publicPort: usualPorts.public,
    talkVersion,
    say,
  });
  const addresses = await servers.start();
  say(whatToDoWith(addresses));
  await told;
  await servers.stop();
}

async function runTalkPair(wanted: Extract<SandboxArguments, { run: 'talk pair' }>): Promise<void> {
  const pair = await runFederatedTalk(wanted).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortTaken(
      `Port ${wanted.port} or ${wanted.peerPort} is in use. Name others with --talk-port and --peer-port; 0 takes any free one.`,
    );
  });
  say(whatToDoWithPair(pair));
  await told;
  await pair.stop();
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

function whatToDoWithPair({ first, second }: FederatedPair): string {
  return `
Ready: two Talk servers that federate.

    ${first.url}   admin, alice, bob, carol, bridge-bot, and the bot "Bridge"
    ${second.url}   admin, dora

Everybody's password is pw-NAME-12345678; people of the other server are invited as NAME@ADDRESS.

Ctrl-C stops both; nothing is kept.`;
}

function whatToDoWith({ page: address, servers, apps, settings }: ServersAddresses): string {
  const list = Object.entries(servers).map(([name, url]) => `    ${`${name} server`.padEnd(24)}${url}`);
  return `
Ready. Open

    ${address}

It shows the room that each server has. Write, reply, edit, delete and react there in the names of its people.

${list.join('\n')}${apps === undefined ? '' : `\n    ${'Slack apps are made at'.padEnd(24)}${apps}`}

For the settings of a Crosstalk of your own:

${settings.replaceAll(/^(?=.)/gm, '    ')}
Ctrl-C stops everything; nothing is kept.`;
}
