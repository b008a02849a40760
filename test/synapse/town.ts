import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { puppetRegistrationYaml, registrationYaml } from '../../src/adapters/matrix/matrix.registration.js';
import { matrixSettings } from '../../src/adapters/matrix/matrix.settings.js';
import { accountId } from '../../src/model/ids.js';
import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { anyPorts, Replica, until } from '../e2e/world.js';
import { Front } from '../support/front.js';
import { freshDatabase } from '../support/database.js';
import { Refusal, Synapse } from './synapse.js';

const serverName = 'synapse.test';
const delivery = { leaseMs: 2_000, retryFirstMs: 100, retryMaxMs: 1_000, stopWithinMs: 4_000 };
const talkScaled = {
  sweepIntervalMs: 200,
  pollPauseMs: 30,
  holdIntervalMs: 500,
  requestTimeoutMs: 3_000,
  overlapIntervalMs: 300,
  loginPollMs: 100,
  ownReadIntervalMs: 300,
  settling: { afterTimeoutMs: 3_500, afterDisconnectMs: 300 },
};
// A real homeserver may be slow to answer on a busy machine.
const matrixScaled = { requestTimeoutMs: 10_000, pingRetryMs: 500, settling: { afterDisconnectMs: 500 } };

export interface Person {
  readonly id: string;
  readonly token: string;
}

/** An event as clients see it, as far as specs look at it. */
export interface SeenEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: {
    readonly msgtype?: string;
    readonly url?: string;
    readonly filename?: string;
    readonly body?: string;
    readonly formatted_body?: string;
    readonly membership?: string;
    readonly 'm.mentions'?: unknown;
    readonly 'm.relates_to'?: unknown;
    readonly 'm.new_content'?: { readonly body?: string; readonly formatted_body?: string };
  };
}

/** What a person's client is told of a room that they are in. */
interface JoinedRoom {
  readonly timeline?: { readonly events: readonly SeenEvent[] };
  readonly ephemeral?: {
    readonly events: readonly {
      readonly type: string;
      readonly content: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
    }[];
  };
  readonly account_data?: {
    readonly events: readonly { readonly type: string; readonly content: { readonly event_id?: string } }[];
  };
}

/** The sandbox's Talk server, a real Synapse, a room in each, and the real program between them. */
export class Town {
  readonly #replicas: Replica[] = [];
  #asked = 0;

  private constructor(
    readonly talk: TalkSandbox,
    readonly talkRoom: string,
    readonly databaseUrl: string,
    readonly synapse: Synapse,
    readonly mia: Person,
    readonly matrixRoom: string,
    private readonly settings: object,
    private readonly front: Front,
    private readonly folder: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async build(): Promise<Town> {
    const python = process.env['CROSSTALK_SYNAPSE_PYTHON'];
    if (python === undefined) throw new Error('CROSSTALK_SYNAPSE_PYTHON is not set: scripts/test-synapse.mjs sets it');
    const front = new Front();
    const ours = {
      serverName,
      url: `http://127.0.0.1:${await front.listen()}`,
      asToken: randomUUID(),
      hsToken: randomUUID(),
      doublePuppetToken: randomUUID(),
    };
    // What the registration says does not depend on the homeserver's address.
    const registered = matrixSettings.parse({ ...ours, homeserver: 'http://127.0.0.1' });
    const registrations = await Promise.all([
      registrationYaml(accountId('hs'), registered),
      puppetRegistrationYaml(accountId('hs'), registered),
    ]);
    const synapse = await Synapse.open(python, { serverName, registrations });
    const mia = await synapse.addUser('mia', 'Mia');
    const made = { preset: 'public_chat', name: 'Team' };
    const matrixRoom = (await synapse.call('POST', '/_matrix/client/v3/createRoom', made, mia.token)) as {
      room_id: string;
    };
    const talk = new TalkSandbox({
      pollStepMs: 50,
      users: [
        { id: 'bridge', displayName: 'Bridge' },
        { id: 'anna', displayName: 'Anna' },
        { id: 'ben', displayName: 'Ben' },
      ],
    });
    const { url } = await talk.start(0);
    const talkRoom = talk.rooms.create({ name: 'Team', owner: 'bridge', members: ['anna', 'ben'] });
    const database = await freshDatabase();
    const settings = {
      database: { url: database.url },
      secretKey: 'a sentence of more than thirty-two characters',
      delivery,
      accounts: {
        cloud: {
          network: 'talk',
          url,
          user: 'bridge',
          password: talk.accounts.issueAppPassword('bridge'),
          ...talkScaled,
        },
        hs: { network: 'matrix', homeserver: synapse.url, ...ours, ...matrixScaled },
      },
      links: {
        team: {
          rooms: [
            { account: 'cloud', room: talkRoom },
            { account: 'hs', room: matrixRoom.room_id },
          ],
        },
      },
    };
    const folder = mkdtempSync(join(tmpdir(), 'crosstalk town '));
    const drop = (): Promise<void> => database.drop();
    return new Town(talk, talkRoom, database.url, synapse, mia, matrixRoom.room_id, settings, front, folder, drop);
  }

  /** What is there before a minute has passed; else it throws, with what the program said last. */
  async soon<Found>(what: string, look: () => Promise<Found | undefined> | Found | undefined): Promise<Found> {
    let found: Found | undefined;
    await until(what, async () => (found = await look()) !== undefined, 60_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.#replicas.at(-1)?.log.slice(-2_000) ?? ''}`);
    });
    return found as Found;
  }

  /** Starts the program; one at a time. */
  start(): Replica {
    const file = join(this.folder, `crosstalk-${this.#replicas.length}.yaml`);
    writeFileSync(file, stringify({ ...this.settings, listen: anyPorts }), { mode: 0o600 });
    const child = spawn(process.execPath, [resolve('dist/main.js')], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], CROSSTALK_CONFIG: file },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const replica = new Replica(child);
    this.front.pointTo(replica.publicPort);
    this.#replicas.push(replica);
    return replica;
  }

  /** Mia says something; as clients do, hers repeats it while the homeserver is away. Answers the event's id. */
  async miaSays(content: object): Promise<string> {
    const path = `${this.#room}/send/m.room.message/${randomUUID()}`;
    for (;;) {
      try {
        const sent = await this.synapse.call('PUT', path, { msgtype: 'm.text', ...content }, this.mia.token);
        return (sent as { event_id: string }).event_id;
      } catch (error) {
        if (error instanceof Refusal && error.status < 500) throw error;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  }

  /** Mia does anything else that an event tells. Answers its id. */
  async miaSends(type: string, content: object): Promise<string> {
    const sent = await this.synapse.call('PUT', `${this.#room}/send/${type}/${randomUUID()}`, content, this.mia.token);
    return (sent as { event_id: string }).event_id;
  }

  async miaSetsState(type: string, content: object): Promise<void> {
    await this.synapse.call('PUT', `${this.#room}/state/${type}/`, content, this.mia.token);
  }

  async miaRedacts(event: string): Promise<void> {
    const path = `${this.#room}/redact/${encodeURIComponent(event)}/${randomUUID()}`;
    await this.synapse.call('PUT', path, {}, this.mia.token);
  }

  /** The content of a state event; undefined where there is none. */
  async matrixState(type: string, key = ''): Promise<Record<string, unknown> | undefined> {
    try {
      const path = `${this.#room}/state/${type}/${encodeURIComponent(key)}`;
      return (await this.synapse.call('GET', path, undefined, this.mia.token)) as Record<string, unknown>;
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /** What relates to an event, oldest first; what was redacted is not among it. */
  async relations(event: string, relation: 'm.replace' | 'm.annotation' | 'm.reference'): Promise<SeenEvent[]> {
    const path = `/_matrix/client/v1/rooms/${encodeURIComponent(this.matrixRoom)}/relations/${encodeURIComponent(event)}/${relation}`;
    const { chunk } = (await this.synapse.call('GET', `${path}?limit=100`, undefined, this.mia.token)) as {
      chunk: SeenEvent[];
    };
    return chunk.reverse();
  }

  /** Whether an event was redacted. */
  async isRedacted(event: string): Promise<boolean> {
    const path = `${this.#room}/event/${encodeURIComponent(event)}`;
    const seen = (await this.synapse.call('GET', path, undefined, this.mia.token)) as {
      unsigned?: { redacted_because?: unknown };
    };
    return seen.unsigned?.redacted_because !== undefined;
  }

  /** A person of Matrix more, who is in the room. */
  async newcomer(name: string): Promise<Person> {
    const person = await this.synapse.addUser(name.toLowerCase(), name);
    await this.synapse.call('POST', `${this.#room}/join`, {}, person.token);
    return person;
  }

  async leaves({ token }: Person): Promise<void> {
    await this.synapse.call('POST', `${this.#room}/leave`, {}, token);
  }

  /** Uploads a picture as Mia. Answers its address. */
  async upload(bytes: Buffer, type: string): Promise<string> {
    const answer = await fetch(`${this.synapse.url}/_matrix/media/v3/upload?filename=picture`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.mia.token}`, 'content-type': type },
      body: new Uint8Array(bytes),
    });
    return ((await answer.json()) as { content_uri: string }).content_uri;
  }

  /** The file at an address, as Mia gets it. */
  async download(address: string): Promise<Buffer> {
    const path = address.replace('mxc://', '');
    const answer = await fetch(`${this.synapse.url}/_matrix/client/v1/media/download/${path}`, {
      headers: { authorization: `Bearer ${this.mia.token}` },
    });
    return Buffer.from(await answer.arrayBuffer());
  }

  /** Every message that the Matrix room shows, oldest first. */
  async matrixMessages(): Promise<SeenEvent[]> {
    const events = await this.matrixEvents();
    return events.filter(({ type, content }) => type === 'm.room.message' && content.body !== undefined);
  }

  /** Everything that the room's timeline has, oldest first. */
  async matrixEvents(): Promise<SeenEvent[]> {
    const seen: SeenEvent[] = [];
    let from = '';
    do {
      const path = `${this.#room}/messages?dir=b&limit=500${from}`;
      const page = (await this.synapse.call('GET', path, undefined, this.mia.token)) as {
        chunk: SeenEvent[];
        end?: string;
      };
      seen.push(...page.chunk);
      from = page.end === undefined ? '' : `&from=${encodeURIComponent(page.end)}`;
    } while (from !== '');
    return seen.reverse();
  }

  /** What the profile of a Matrix user says. */
  async matrixProfile(user: string): Promise<{ displayname?: string; avatar_url?: string }> {
    const path = `/_matrix/client/v3/profile/${encodeURIComponent(user)}`;
    return (await this.synapse.call('GET', path, undefined, this.mia.token)) as { displayname?: string };
  }

  /** What Crosstalk told Mia alone, oldest first. She comes into the rooms that it invites her into. */
  async toldMia(): Promise<string[]> {
    const { rooms = {} } = (await this.#syncs(this.mia.token)) as {
      rooms?: { invite?: object; join?: Record<string, JoinedRoom> };
    };
    for (const room of Object.keys(rooms.invite ?? {})) {
      await this.synapse.call('POST', `/_matrix/client/v3/join/${encodeURIComponent(room)}`, {}, this.mia.token);
    }
    const alone = Object.entries(rooms.join ?? {}).filter(([room]) => room !== this.matrixRoom);
    return alone.flatMap(([, { timeline }]) =>
      (timeline?.events ?? []).flatMap(({ sender, content }) =>
        sender === `@crosstalk:${serverName}` && content.body !== undefined ? [content.body] : [],
      ),
    );
  }

  /** How far a person has read the room, as their own clients are told it: by receipt, and by the marker of their own. */
  async hasRead({ id, token }: Person): Promise<{ readonly seen?: string; readonly own?: string }> {
    const { rooms = {} } = (await this.#syncs(token)) as { rooms?: { join?: Record<string, JoinedRoom> } };
    const { ephemeral, account_data: data } = rooms.join?.[this.matrixRoom] ?? {};
    const receipts = (ephemeral?.events ?? []).filter(({ type }) => type === 'm.receipt');
    const seen = receipts
      .flatMap(({ content }) => Object.entries(content))
      .find(([, kinds]) => kinds['m.read']?.[id] !== undefined)?.[0];
    const own = data?.events.find(({ type }) => type === 'm.fully_read')?.content.event_id;
    return { ...(seen === undefined ? {} : { seen }), ...(own === undefined ? {} : { own }) };
  }

  /** Synapse answers the same question with what it answered before: no two have the same timeout. */
  #syncs(token: string): Promise<unknown> {
    this.#asked += 1;
    const path = `/_matrix/client/v3/sync?timeout=${String(this.#asked)}&set_presence=offline`;
    return this.synapse.call('GET', path, undefined, token);
  }

  /** Every message that the Talk room shows, oldest first. */
  talkMessages(): { id: string; actor: string; text: string }[] {
    const entries = this.talk.ledger.entries(this.talkRoom);
    const deleted = new Set(entries.filter(({ kind }) => kind === 'deletion').map(({ target }) => target));
    return entries.flatMap(({ kind, id, actor, text = '' }) =>
      kind === 'message' && !deleted.has(id) ? [{ id, actor, text }] : [],
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.filter(({ running }) => running).map((replica) => replica.kill()));
    await this.talk.stop();
    await this.synapse.close();
    await this.front.close();
    await this.dropDatabase();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #room(): string {
    return `/_matrix/client/v3/rooms/${encodeURIComponent(this.matrixRoom)}`;
  }
}
