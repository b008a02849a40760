import { setTimeout as sleep } from 'node:timers/promises';
import { Listener } from '../contract/signaling.contract.js';
import { until, World } from './world.js';

const mia = '@mia:sandbox.test';
const ghost = '@crosstalk_cloud_users=2fanna:sandbox.test';

/** Within a second. */
async function isSoon(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const endMs = performance.now() + 1_000; performance.now() < endMs; await sleep(20)) {
    if (await condition()) return true;
  }
  return false;
}

/** A room of Talk, with Anna before it, and one of Matrix, with Mia. Nothing but the signaling server tells of what is new in Talk. */
class TypingWorld {
  private constructor(
    readonly world: World,
    readonly anna: Listener,
  ) {}

  static async build(): Promise<TypingWorld> {
    const world = await World.build({
      typing: true,
      talkServer: {
        signaling: {},
        users: [
          { id: 'bridge', displayName: 'Bridge' },
          { id: 'anna', displayName: 'Anna' },
          { id: 'ben', displayName: 'Ben' },
        ],
      },
      talk: { maxHeldPolls: 0, sweepIntervalMs: 3_600_000, overlapIntervalMs: 3_600_000 },
    });
    return new TypingWorld(world, new Listener(world.talk, 'anna', [world.rooms[0]!.talk]));
  }

  get talkRoom(): string {
    return this.world.rooms[0]!.talk;
  }

  get matrixRoom(): string {
    return this.world.rooms[0]!.matrix;
  }

  async asMia(method: string, path: string, body?: object): Promise<unknown> {
    const homeserver = String(Reflect.get(this.world.settings.accounts.hs, 'homeserver'));
    const response = await fetch(`${homeserver}/_matrix/client/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${this.world.matrix.accessToken(mia)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.json();
  }

  /** Who types in the Matrix room, as Mia's client shows it. */
  async typing(): Promise<readonly string[]> {
    const sync = (await this.asMia('GET', '/sync?timeout=0')) as {
      rooms: { join: Record<string, { ephemeral: { events: { type: string; content: { user_ids: string[] } }[] } }> };
    };
    const events = sync.rooms.join[this.matrixRoom]?.ephemeral.events ?? [];
    return events.find(({ type }) => type === 'm.typing')?.content.user_ids ?? [];
  }

  miaTypes(typing = true): Promise<unknown> {
    const timeout = typing ? { timeout: 30_000 } : {};
    return this.asMia('PUT', `/rooms/${this.matrixRoom}/typing/${mia}`, { typing, ...timeout });
  }

  /** Who types in the Talk room, as Anna's client shows it. */
  get typists(): readonly string[] {
    return this.anna.typists(this.talkRoom);
  }

  /** Anna says something there that Mia reads: from then on her ghost is in the room. */
  async annaSays(text: string): Promise<void> {
    const { world, talkRoom, matrixRoom } = this;
    await until('the sessions in the room', () => world.talk.signaling?.sessionsIn(talkRoom) === 2);
    world.talk.post(talkRoom, 'anna', text);
    const texts = (): unknown[] => world.matrix.ledger.entries(matrixRoom).map((entry) => entry.text);
    await until('the message of Talk', () => texts().includes(text));
  }

  /** Once a second: a word of it that comes after her message has her type again. */
  async seesAnnaType(): Promise<void> {
    await until('Anna to be seen typing', () => {
      this.anna.signaling.showTyping(this.talkRoom, true);
      return isSoon(async () => (await this.typing()).includes(ghost));
    });
  }

  async close(): Promise<void> {
    await this.anna.leave();
    await this.world.close();
  }
}

it('with a signaling server what is said in Talk is read at once, and who types is seen on both sides', async () => {
  const at = await TypingWorld.build();
  const { world, talkRoom } = at;
  try {
    const replica = world.start();
    await replica.ready();
    await at.annaSays('hello');

    await at.seesAnnaType();
    world.talk.post(talkRoom, 'anna', 'this is what I typed');
    await until('Anna to be seen typing no longer', async () => (await at.typing()).length === 0);

    await at.miaTypes();
    await until('Crosstalk to type for Mia', () => at.typists.includes('bridge'));
    world.matrix.post(at.matrixRoom, mia, 'and this is mine');
    await until('the end of that', () => at.typists.length === 0);
    await until('the message of Matrix', () => at.anna.wakes(talkRoom) >= 3);
  } finally {
    await at.close();
  }
}, 90_000);

it('who types is seen on both sides whichever replica hears it', async () => {
  const at = await TypingWorld.build();
  const { world } = at;
  try {
    const replicas = [world.start(), world.start()];
    for (const replica of replicas) await replica.ready();
    await at.annaSays('hello');
    // One of them has the session in Talk's room, and the other one has not.
    for (const replica of replicas) {
      world.front.pointTo(replica.publicPort);
      // A homeserver tells nobody of it whom it could not reach a moment ago: she begins anew.
      await until('Crosstalk to type for Mia', async () => {
        await at.miaTypes(false);
        await at.miaTypes();
        return isSoon(() => at.typists.includes('bridge'));
      });
      await at.miaTypes(false);
      await until('the end of that', () => at.typists.length === 0);
    }
    await at.seesAnnaType();
    world.talk.post(at.talkRoom, 'anna', 'this is what I typed');
    await until('Anna to be seen typing no longer', async () => (await at.typing()).length === 0);
  } finally {
    await at.close();
  }
}, 90_000);
