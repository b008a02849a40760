import { parseArgs } from 'node:util';
import { sideNames, type SideName } from './page.types.js';

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
  if (values.only === undefined) {
    return { run: 'sandbox', data: values.data ?? 'data', port, talkPort, matrixPort, slackPort };
  }
  const ports = { talk: talkPort ?? 0, matrix: matrixPort ?? 0, slack: slackPort ?? 0 };
  return { run: 'servers', networks: readNetworks(values.only), ports, port };
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
