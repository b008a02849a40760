import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { marked } from '../e2e/two-sides.js';
import { type Replica, until, World } from '../e2e/world.js';
import { followSeed, roundsOf, seed, tell } from './rounds.js';
import { pause } from './town.js';

const messages = roundsOf({ full: 10_000, short: 400 });
/** One in a hundred cannot be converted, another one is refused. */
const every = 100;
const unconvertibleAt = 30;
const refusedAt = 60;

type Side = 'talk' | 'matrix';

describe(`poison messages (seed ${String(seed)})`, () => {
  let world: World;
  let replica: Replica;

  beforeAll(async () => {
    followSeed();
    world = await World.build();
    const withFault = pathToFileURL(resolve('test/faults/unconvertible.mjs')).href;
    replica = world.start({ node: ['--import', withFault] });
    await replica.ready();
  });
  afterAll(() => world.close());

  it(
    `of ${String(messages)} each way one in 100 cannot be converted and one is refused: the rooms flow on, all come in the end`,
    async () => {
      refuseSome();
      for (let number = 1; number <= messages; number += 1) {
        say(number);
        if (number % 20 === 0) await until('the rooms to flow on', () => flows(number), 60_000);
      }
      const [room] = world.rooms;
      expect(room).toBeDefined();
      const poisoned = numbers().filter((number) => isUnconvertible(number) || isRefused(number));
      const others = numbers().filter((number) => !poisoned.includes(number));
      await until(
        'everything else to arrive',
        () => arrived('talk').length === others.length && arrived('matrix').length === others.length,
        60_000,
      );
      expect({ talk: arrived('talk'), matrix: arrived('matrix') }).toEqual({ talk: others, matrix: others });

      // What was refused is parked, and is taken when it is tried again.
      const { says } = await world.command('retry', '--all');
      expect(says.split('\n').filter((line) => line.endsWith(' is put at the end of its lane'))).toHaveLength(
        2 * numbers().filter(isRefused).length,
      );
      const refused = numbers().filter(isRefused);
      await until(
        'what was refused to arrive',
        () =>
          arrived('talk').length === others.length + refused.length &&
          arrived('matrix').length === others.length + refused.length,
        60_000,
      );

      // The conversion is mended: what could not be read is read again.
      await replica.stop();
      replica = world.start();
      await replica.ready();
      expect((await world.command('replay', '--malformed')).code).toBe(0);
      const unconvertible = numbers().filter(isUnconvertible);
      await until(
        'what could not be read to arrive',
        () => arrived('talk').length >= messages && arrived('matrix').length >= messages,
        60_000,
      );
      await pause(1_000);
      const whole = [...others, ...refused, ...unconvertible];
      expect({ talk: arrived('talk'), matrix: arrived('matrix') }).toEqual({ talk: whole, matrix: whole });
      tell({
        row: 'poison',
        fault: '1 in 100 cannot be converted, 1 in 100 is refused',
        rounds: poisoned.length * 2,
        sent: messages * 2,
        lost: 0,
        duplicated: 0,
        reordered: 0,
        withdrawn: 0,
        drainedWithinMs: 0,
      });
    },
    120_000 + messages * 300,
  );

  function numbers(): number[] {
    return Array.from({ length: messages }, (_, at) => at + 1);
  }

  function say(number: number): void {
    const [room] = world.rooms;
    if (room === undefined) throw new Error('the world has no rooms');
    const words = isUnconvertible(number) ? ' UNCONVERTIBLE' : '';
    world.talk.post(room.talk, 'anna', `t${String(number)}xv0${words}`);
    world.matrix.post(room.matrix, '@mia:sandbox.test', `m${String(number)}xv0${words}`);
  }

  /** Counts the messages as they come: those that cannot be converted never do. */
  function refuseSome(): void {
    const calls: Record<Side, { method: string; path: string; status: number; body: string }> = {
      talk: {
        method: 'POST',
        path: '/chat/[a-z0-9]+$',
        status: 413,
        body: '{"ocs":{"meta":{"status":"failure","statuscode":413},"data":{"error":"message"}}}',
      },
      matrix: {
        method: 'PUT',
        path: '/send/m\\.room\\.message',
        status: 413,
        body: '{"errcode":"M_TOO_LARGE","error":"event too large"}',
      },
    };
    // Of each hundred one never comes, and one is struck by the rule before: rules count what is left to them.
    const spared = every - 2;
    for (const side of ['talk', 'matrix'] as const) {
      const { method, path, status, body } = calls[side];
      for (let at = refusedAt; at <= messages; at += every) {
        const after = Math.floor(at / every) * spared + refusedAt - 2;
        world[side].faults.add({ method, path, after, times: 1, fault: { do: 'answer', status, body } });
      }
    }
  }

  /** Whether nothing but poison is missing of what was said before the last 20. */
  function flows(number: number): boolean {
    const wanted = numbers().filter((it) => it <= number - 20 && !isUnconvertible(it) && !isRefused(it)).length;
    return arrived('talk').length >= wanted && arrived('matrix').length >= wanted;
  }

  /** The numbers of what came to a side from the other one, in that order. */
  function arrived(side: Side): number[] {
    const [room] = world.rooms;
    const letter = side === 'talk' ? 'm' : 't';
    return world[side].ledger.entries(room?.[side]).flatMap(({ kind, text }) => {
      const name = kind === 'message' ? marked.exec(text ?? '')?.[1] : undefined;
      return name?.startsWith(letter) === true ? [Number.parseInt(name.slice(1), 10)] : [];
    });
  }
});

const isUnconvertible = (number: number): boolean => number % every === unconvertibleAt;
const isRefused = (number: number): boolean => number % every === refusedAt;
