import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TalkSandbox } from '../../../src/sandbox/talk/talk-sandbox.js';
import type { Seen } from '../recorded/replay.js';
import { Asker } from '../talk-asker.js';

export const botSecret = 'S'.repeat(64);
export const secrets = { signaling: 'signaling-secret', recording: 'recording-secret', sip: 'sip-secret' };
/** A PNG of one pixel. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const people = ['alice', 'bob', 'carol', 'dave'].map((id) => ({ id }));

/** A server with nothing beside it, and one with everything that can be. */
export class Town {
  readonly sandbox = new TalkSandbox({
    bots: [
      {
        name: 'Bridge',
        secret: botSecret,
        url: 'http://127.0.0.1:9/hook',
        features: ['webhook', 'response', 'reaction'],
      },
    ],
    pollStepMs: 5,
    users: [...people, { id: 'admin', admin: true }, { id: 'erin', createsRooms: false }],
  });
  readonly asker = new Asker(() => this.sandbox.url);
  readonly richAsker = new Asker(() => this.rich.url);
  /** A public room of alice, with bob and carol, on the first. */
  token = '';
  #rich: TalkSandbox | undefined;
  readonly #welcome: Server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"version":"2.0.0","features":["chat"]}');
  });

  get rich(): TalkSandbox {
    if (this.#rich === undefined) throw new Error('not started');
    return this.#rich;
  }

  /** Every answer so far. */
  get seen(): readonly Seen[] {
    return [...this.asker.seen, ...this.richAsker.seen];
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#welcome.listen(0, '127.0.0.1', resolve));
    const { port } = this.#welcome.address() as AddressInfo;
    this.#rich = new TalkSandbox({
      pollStepMs: 5,
      users: [...people, { id: 'admin', admin: true }],
      extras: { summaries: 'works', transcription: true, matterbridge: '1.26.0' },
      backends: {
        signaling: { url: `ws://127.0.0.1:${port}`, secret: secrets.signaling },
        recording: { secret: secrets.recording },
        sip: { secret: secrets.sip, dialInInfo: '+49 30 1234', dialsOut: true },
      },
    });
    await this.sandbox.start(0);
    await this.rich.start(0);
  }

  makeRoom(): void {
    this.token = this.sandbox.rooms.create({ name: 'Room', owner: 'alice', members: ['bob', 'carol'], type: 'public' });
  }

  async stop(): Promise<void> {
    await this.sandbox.stop();
    await this.rich.stop();
    this.#welcome.closeAllConnections();
    await new Promise((resolve) => this.#welcome.close(resolve));
  }
}

/** The id by which somebody is in a room. */
export function attendee(server: TalkSandbox, room: string, user: string): number {
  return server.state.rooms.get(room)!.attendees.get(`users/${user}`)!.id;
}

/** Somebody joins the room with a browser that has cookies already. @returns the session's id */
export async function join(on: Asker, user: string | undefined, room: string, browser: string): Promise<string> {
  await on.ask(user, 'GET', `v4/room/${room}`, { browser });
  const joined = await on.ask(user, 'POST', `v4/room/${room}/participants/active`, { json: { force: true }, browser });
  return (joined.data as { sessionId: string }).sessionId;
}
