import { randomBytes } from 'node:crypto';
import { Board } from './board.js';
import { choosePort } from './free-port.js';
import { MatrixSide } from './matrix-side.js';
import { ownSettings, type OwnSide } from './own-settings.js';
import { readPageFiles } from './page-files.js';
import { PageServer } from './page-server.js';
import type { SideName } from './page.types.js';
import type { Side } from './side.js';
import { SlackSide } from './slack-side.js';
import { slackTown } from './slack/place.js';
import type { TalkVersion } from './talk/settings.js';
import { TalkSide } from './talk-side.js';

/** A port that was named is in use. The message is a sentence for a person. */
export class PortTaken extends Error {}

export interface ServersOptions {
  readonly networks: readonly SideName[];
  /** Of each server; 0 takes any free one. */
  readonly ports: Readonly<Record<SideName, number>>;
  /** The folder of the built page. */
  readonly page: string;
  /** Another one is taken where it is in use. */
  readonly pagePort: number;
  /** Where the service's public listener is, which the homeserver calls. */
  readonly publicPort: number;
  /** Default 22. */
  readonly talkVersion?: TalkVersion;
  /** Takes a sentence about a port that is in use. */
  say(sentence: string): void;
}

export interface ServersAddresses {
  /** With its token. */
  readonly page: string;
  /** By what people call the network. */
  readonly servers: Readonly<Record<string, string>>;
  /** Where Slack apps are made, if there is a Slack server. */
  readonly apps: string | undefined;
  /** What settings of a service say of the servers, as YAML. */
  readonly settings: string;
}

interface RunningSide extends Side, OwnSide {
  start(port: number): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}

/** Servers for a service that runs elsewhere, and the page on which their people write. */
export class Servers {
  readonly #undo: (() => void | Promise<void>)[] = [];

  constructor(private readonly options: ServersOptions) {}

  /** Throws PortTaken, and leaves nothing running. */
  async start(): Promise<ServersAddresses> {
    try {
      return await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Repeatable. */
  async stop(): Promise<void> {
    for (const step of this.#undo.splice(0).reverse()) await step();
  }

  async #start(): Promise<ServersAddresses> {
    const { networks, ports, page: folder, pagePort, say } = this.options;
    const files = readPageFiles(folder);
    const sides: Partial<Record<SideName, RunningSide>> = {};
    const servers: Record<string, string> = {};
    for (const name of networks) {
      const side = sideOf(name, this.options);
      this.#undo.push(() => side.stop());
      servers[side.network] = await startAt(side, name, ports[name]);
      sides[name] = side;
    }
    const board = new Board(sides);
    const token = randomBytes(16).toString('hex');
    const page = new PageServer({ board, files, token, kill: () => false });
    const { port, wasTaken } = await choosePort(pagePort);
    if (wasTaken) say(`Port ${String(pagePort)} (the page) is in use: ${String(port)} is taken instead.`);
    const address = await page.listen(port);
    this.#undo.push(() => page.close());
    const { slack } = sides;
    return {
      page: address,
      servers,
      apps: slack === undefined ? undefined : `${servers[slack.network] ?? ''}/apps`,
      settings: ownSettings(sides),
    };
  }
}

function sideOf(
  name: SideName,
  { publicPort, talkVersion = 22 }: Pick<ServersOptions, 'publicPort' | 'talkVersion'>,
): RunningSide {
  switch (name) {
    case 'talk':
      return new TalkSide('Team', talkVersion);
    case 'matrix':
      return new MatrixSide('Team', `http://127.0.0.1:${String(publicPort)}`);
    case 'slack':
      return new SlackSide('general', slackTown());
  }
}

/** A server that others are told the address of keeps to the port that was named. */
async function startAt(side: RunningSide, name: SideName, port: number): Promise<string> {
  try {
    return (await side.start(port)).url;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortTaken(`Port ${String(port)} is in use. Name another one with --${name}-port; 0 takes any free one.`);
  }
}
