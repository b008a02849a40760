import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TalkSandbox } from '../../../src/sandbox/talk/talk-sandbox.js';
import { BotReceiver } from './bot-receiver.js';
import { condense, type WholeRecording } from './condense.js';
import type { Recorded } from './recorded.types.js';
import { ApiDescription, type OpenApi } from './api-description.js';
import { replay, type Seen } from './replay.js';

// WRITE_TALK_RECORDINGS=1 makes the recorded files anew from ../shared.
const own = fileURLToPath(new URL('.', import.meta.url));
const shared = fileURLToPath(new URL('../../../../shared/talk-recordings/', import.meta.url));
const names = readdirSync(own)
  .filter((name) => /^\d\d-.*\.json$/.test(name))
  .sort();
const botSecret = 'S'.repeat(64);

function read<Content>(folder: string, name: string): Content {
  return JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as Content;
}

describe('what a real Talk server answered', () => {
  if (!existsSync(shared)) {
    test('SKIPPED: the recordings are not beside the project', () => {
      console.warn('SKIPPED: no ../shared/talk-recordings beside the project, so nothing was compared with them');
      expect(existsSync(shared)).toBe(false);
    });
  } else {
    const whole = readdirSync(shared).filter((name) => /^\d\d-.*\.json$/.test(name));

    test.each(whole)('%s is recorded here as it is there', (name) => {
      const recorded = condense(read<WholeRecording>(shared, name));
      if (process.env['WRITE_TALK_RECORDINGS'] === '1') {
        const steps = recorded.steps.map((step) => JSON.stringify(step)).join(',\n');
        const { steps: _steps, ...others } = recorded;
        const head = JSON.stringify(others).slice(0, -1);
        writeFileSync(`${own}/${name}`, `${head},"steps":[\n${steps}\n]}\n`);
      }
      expect(read<Recorded>(own, name)).toEqual(recorded);
    });
  }
});

describe('the sandbox Talk server answers as a real one did', () => {
  let first: TalkSandbox;
  let second: TalkSandbox;
  const seen: Seen[] = [];
  const bot = new BotReceiver(botSecret);

  // One after the other on the same server, as they were recorded: a call of one leaves its mark on the next.
  beforeAll(async () => {
    const bots = [
      {
        name: 'Bridge',
        description: 'A bridge',
        secret: botSecret,
        url: await bot.start(),
        features: ['webhook', 'response', 'reaction'] as const,
      },
    ];
    let aheadMs = 0;
    first = new TalkSandbox({ bots, pollStepMs: 20, federation: true, clock: () => Date.now() + aheadMs });
    second = new TalkSandbox({
      users: [{ id: 'admin', admin: true }, { id: 'dora' }],
      pollStepMs: 20,
      federation: true,
    });
    await first.start(0);
    await second.start(0);
    for (const user of ['alice', 'bob', 'carol']) first.accounts.listRooms(user);
    // A new user's own rooms are older than anything that is asked.
    aheadMs = 10_000;
  });

  afterAll(async () => {
    await first.stop();
    await second.stop();
    await bot.stop();
  });

  test('every recording is here', () => {
    expect(names).toHaveLength(17);
  });

  test.each(names)('%s', async (name) => {
    const recorded = read<Recorded>(own, name);
    const servers = { base: first.url, peer: second.url, botSecret };
    bot.heard.length = 0;
    const wrong = await replay(
      recorded,
      servers,
      (answer) => seen.push(answer),
      (count) => bot.hear(count),
    );
    expect(wrong).toEqual([]);
    expect(bot.unsigned).toBe(0);
  });

  if (!existsSync(`${shared}/talk-22-openapi.json`)) {
    test('SKIPPED: the description of the API is not beside the project', () => {
      console.warn('SKIPPED: no ../shared/talk-recordings/talk-22-openapi.json, so no answer was checked against it');
      expect(existsSync(`${shared}/talk-22-openapi.json`)).toBe(false);
    });
  } else {
    test('each of these answers is one that the description of the API allows', () => {
      const description = new ApiDescription(read<OpenApi>(shared, 'talk-22-openapi.json'));
      expect(seen.length).toBeGreaterThan(500);
      expect([...new Set(seen.flatMap((answer) => description.faults(answer)))]).toEqual([]);
    });
  }
});
