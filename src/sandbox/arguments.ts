import { parseArgs } from 'node:util';
import { sideNames, type SideName } from './page.types.js';
import type { TalkVersion } from './talk/settings.js';

export type SandboxArguments =
  | {
      readonly run: 'sandbox';
      /** The data folder: the sandbox's own lies in it. */
      readonly data: string;
      /** Of the page. */
      readonly port: number | undefined;
      readonly talkPort: number | undefined;
      readonly matrixPort: number | undefined;
      readonly slackPort: number | undefined;
    }
  | {
      readonly run: 'servers';
      readonly networks: readonly SideName[];
      /** 0: any free one. */
      readonly ports: Readonly<Record<SideName, number>>;
      /** Of the page. */
      readonly port: number | undefined;
      readonly talkVersion: TalkVersion;
    }
  | {
      /** Two Talk servers that federate, and nothing else. */
      readonly run: 'talk pair';
      readonly port: number;
      readonly peerPort: number;
      readonly talkVersion: TalkVersion;
    };

/** The call makes no sense. The message is a sentence for a person. */
export class ArgumentFault extends Error {}

/** Pure: what `sandbox/cli` is called with. Throws ArgumentFault. */
export function readArguments(words: readonly string[]): SandboxArguments {
  const values = parse(words);
  const talkPort = readPort('talk-port', values['talk-port']);
  const matrixPort = readPort('matrix-port', values['matrix-port']);
  const slackPort = readPort('slack-port', values['slack-port']);
  const port = readPort('port', values.port);
  const peerPort = readPort('peer-port', values['peer-port']);
  if (values.only === undefined) {
    if ((values['peer-port'] ?? values['talk-version']) !== undefined) throw forTalkAlone();
    return { run: 'sandbox', data: values.data ?? 'data', port, talkPort, matrixPort, slackPort };
  }
  const ports = { talk: talkPort ?? 0, matrix: matrixPort ?? 0, slack: slackPort ?? 0 };
  const networks = readNetworks(values.only);
  const talkVersion = readTalkVersion(values['talk-version']);
  if (values['talk-version'] !== undefined && !networks.includes('talk')) throw forTalkAlone();
  if (peerPort === undefined) return { run: 'servers', networks, ports, port, talkVersion };
  if (networks.join() !== 'talk') throw forTalkAlone();
  return { run: 'talk pair', port: ports.talk, peerPort, talkVersion };
}

function forTalkAlone(): ArgumentFault {
  return new ArgumentFault(
    '--peer-port and --talk-version are for a Talk server without the service: add --only talk.',
  );
}

function readTalkVersion(value: string | undefined): TalkVersion {
  switch (value) {
    case undefined:
    case '22':
      return 22;
    case '23':
      return 23;
    default:
      throw new ArgumentFault(`--talk-version is 22 or 23, not "${value}".`);
  }
}

function readNetworks(only: string): readonly SideName[] {
  const named = only.split(',').map((name) => name.trim());
  const unknown = named.find((name) => !sideNames.some((side) => side === name));
  if (unknown !== undefined) {
    throw new ArgumentFault(
      `--only names networks, "talk", "matrix" or "slack" with commas between, not "${unknown}".`,
    );
  }
  return sideNames.filter((side) => named.includes(side));
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        data: { type: 'string' },
        only: { type: 'string' },
        port: { type: 'string' },
        'talk-port': { type: 'string' },
        'matrix-port': { type: 'string' },
        'slack-port': { type: 'string' },
        'peer-port': { type: 'string' },
        'talk-version': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new ArgumentFault((error as Error).message);
  }
}

function readPort(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > 65_535) {
    throw new ArgumentFault(`--${name} is a port, 0 to 65535, not "${value}"; 0 takes any free one.`);
  }
  return port;
}
