import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { otherSides, sideNames, type SideName } from '../../src/sandbox/page.types.js';
import { markOf, isAlive } from '../../src/sandbox/running-process.js';
import { Sandbox } from '../../src/sandbox/sandbox.js';

/** Where pictures of the page are put, if anywhere. */
const shots = process.env['CROSSTALK_SHOTS'];
const patienceMs = 60_000;

let data: string;
let sandbox: Sandbox;
let browser: Browser;
let address: string;
let contexts: BrowserContext[];
/** What the browser complained of. */
let complaints: string[];

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'crosstalk-browser-'));
  // The database's user has to get in.
  chmodSync(data, 0o755);
  sandbox = new Sandbox({
    data,
    program: resolve('dist', 'main.js'),
    page: resolve('dist', 'web'),
    env: process.env,
    ports: { page: 0, public: 0, admin: 0, talk: 0, matrix: 0, slack: 0 },
    // However slowly a busy machine types: the service stays away until all is said.
    pauseAfterKillMs: 15_000,
    say: () => undefined,
  });
  const { addresses, ready } = await sandbox.start();
  await ready;
  address = addresses.page;
  browser = await chromium.launch({
    executablePath: process.env['CROSSTALK_CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
});

afterAll(async () => {
  await browser.close();
  await sandbox.stop();
  rmSync(data, { recursive: true, force: true });
});

beforeEach(() => {
  contexts = [];
  complaints = [];
});

afterEach(async () => {
  for (const context of contexts) await context.close();
  expect(complaints).toEqual([]);
});

async function open(options: BrowserContextOptions = {}, at = address): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-GB', ...options });
  context.setDefaultTimeout(patienceMs);
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // That a call was refused is what some of these tests want.
    if (message.type() === 'error' && !message.text().includes('status of 4')) complaints.push(message.text());
  });
  await page.goto(at);
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `sandbox-${name}.png`) });
}

/** One of each room, and whom the others see. */
const speakers = [
  ['talk', 'Anna'],
  ['matrix', 'Olga'],
  ['slack', 'Rosa'],
] as const;
const side = (page: Page, name: SideName): Locator => page.locator(`.side.${name}`);
const message = (page: Page, name: SideName, words: string): Locator =>
  side(page, name).locator('article.message').filter({ hasText: words }).last();

async function say(page: Page, name: SideName, person: string, words: string): Promise<void> {
  const here = side(page, name);
  await here.locator('.people label', { hasText: person }).click();
  await here.locator('textarea').fill(words);
  await here.locator('textarea').press('Enter');
  await here
    .locator('article.message', { hasText: plain(words) })
    .last()
    .waitFor();
}

/** A picture of 640 × 400, as somebody might send one. */
async function drawnPicture(page: Page): Promise<Buffer> {
  const address: string = await page.evaluate(`(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 400 });
    const pen = canvas.getContext('2d');
    const sky = pen.createLinearGradient(0, 0, 0, 260);
    sky.addColorStop(0, '#4a90d9');
    sky.addColorStop(1, '#d9ecff');
    pen.fillStyle = sky;
    pen.fillRect(0, 0, 640, 400);
    pen.fillStyle = '#ffd75e';
    pen.arc(500, 90, 44, 0, 7);
    pen.fill();
    pen.fillStyle = '#5aa469';
    pen.beginPath();
    pen.moveTo(0, 290);
    pen.bezierCurveTo(180, 190, 420, 330, 640, 230);
    pen.lineTo(640, 400);
    pen.lineTo(0, 400);
    pen.fill();
    return canvas.toDataURL('image/png');
  })()`);
  return Buffer.from(address.slice(address.indexOf(',') + 1), 'base64');
}

/** A sound, as WAV. */
function tone(seconds: number): Buffer {
  const perSecond = 8_000;
  const samples = Buffer.from(
    Array.from({ length: perSecond * seconds }, (_, at) => 128 + Math.round(60 * Math.sin(at / 3))),
  );
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(perSecond, 24);
  header.writeUInt32LE(perSecond, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** What is left of the marks that these tests use. */
const plain = (words: string): string => words.replaceAll(/\*\*/g, '');

async function press(page: Page, at: Locator, what: string): Promise<void> {
  await at.hover();
  await at.getByRole('button', { name: what, exact: true }).click();
}

const count = (page: Page, from: SideName, what: string): Promise<string> =>
  page.locator(`tr[data-from="${from}"] [data-count="${what}"]`).innerText();

async function allThere(page: Page): Promise<void> {
  for (const from of sideNames) {
    const written = await count(page, from, 'written');
    for (const to of otherSides(from)) await until(async () => (await count(page, from, `arrived-${to}`)) === written);
    expect([
      await count(page, from, 'waiting'),
      await count(page, from, 'lost'),
      await count(page, from, 'doubled'),
    ]).toEqual(['0', '0', '0']);
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > untilMs) throw new Error('waited in vain');
    await new Promise((done) => setTimeout(done, 50));
  }
}

describe('the page of the sandbox', () => {
  it('what people say in each room is seen in both others as their clients show it', async () => {
    const page = await open();
    await say(page, 'talk', 'Ben', 'good **morning**');
    for (const to of ['matrix', 'slack'] as const) {
      const copy = message(page, to, 'good morning');
      expect(await copy.locator('.by strong').innerText()).toBe('Ben (Talk)');
      expect(await copy.locator('.words strong').innerText()).toBe('morning');
    }
    await say(page, 'matrix', 'Noah', 'hello **everybody**');
    const inTalk = message(page, 'talk', 'hello everybody');
    expect(await inTalk.locator('.by strong').innerText()).toBe('Noah (Matrix)');
    expect(await inTalk.locator('.words').innerText()).toBe('hello everybody');
    const inSlack = message(page, 'slack', 'hello everybody');
    expect(await inSlack.locator('.by strong').innerText()).toBe('Noah (Matrix)');
    expect(await inSlack.locator('.by .app').innerText()).toBe('APP');
    await say(page, 'slack', 'Quinn', 'greetings to **all**');
    expect(await message(page, 'talk', 'greetings to all').locator('.by strong').innerText()).toBe('Quinn (Slack)');
    expect(await message(page, 'matrix', 'greetings to all').locator('.by strong').innerText()).toBe('Quinn (Slack)');
    expect(await message(page, 'slack', 'greetings to all').locator('.by .app').count()).toBe(0);
    for (const [from, words] of [
      ['talk', 'good morning'],
      ['matrix', 'hello everybody'],
      ['slack', 'greetings to all'],
    ] as const) {
      await message(page, from, words).locator('.delivery.arrived').waitFor();
    }
  });

  it('shows who is in the rooms, and who came', async () => {
    const page = await open();
    await say(page, 'talk', 'Clara', 'am I in?');
    await message(page, 'matrix', 'am I in?').waitFor();
    await side(page, 'matrix').locator('.notes', { hasText: 'Clara (Talk) joined' }).waitFor();
    await side(page, 'matrix').locator('.members summary').click();
    const members = side(page, 'matrix').locator('.members li span:last-child');
    expect(await members.allInnerTexts()).toEqual(expect.arrayContaining(['Mia', 'Noah', 'Olga', 'Clara (Talk)']));
    await page.keyboard.press('Escape');
    await members.first().waitFor({ state: 'hidden' });
  });

  it('shows each step of the last message’s ways with its time', async () => {
    const page = await open();
    await say(page, 'matrix', 'Mia', 'time this one');
    await page.locator('.way .of', { hasText: 'time this one' }).waitFor();
    for (const to of ['talk', 'slack']) {
      await page.locator(`.way [data-to="${to}"] [data-step="shown"].reached`).waitFor();
    }
    const times = await page.locator('.way .time').allInnerTexts();
    expect(times).toHaveLength(7);
    expect(times[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
    for (const time of times.slice(1)) expect(time).toMatch(/^\+[\d.,]+ m?s$/);
    expect(await page.locator('.way .total').innerText()).toMatch(/ in all$/);
  });

  it.each(speakers)('a reply from %s shows what it answers in each room', async (from) => {
    const [to] = otherSides(from);
    const asker = speakers.find(([name]) => name === to)![1];
    const page = await open();
    await say(page, to!, asker, `question for ${from}`);
    await press(page, message(page, from, `question for ${from}`), 'Reply');
    await side(page, from).locator('.about').waitFor();
    await side(page, from).locator('textarea').fill(`answer of ${from}`);
    await side(page, from).getByRole('button', { name: 'Send' }).click();
    for (const name of ['talk', 'matrix'] as const) {
      // What is said in a thread of Slack opens one in Talk, under the beginning of what it answers.
      const about = name === 'talk' && from === 'slack' ? 'h4' : '.quote';
      await message(page, name, `answer of ${from}`)
        .locator(about, { hasText: `question for ${from}` })
        .waitFor();
    }
    // Slack's stand in a thread.
    const thread = side(page, 'slack').locator('article.message', { hasText: `question for ${from}` });
    await thread.locator('.replies', { hasText: '1 reply' }).waitFor();
    await side(page, 'slack')
      .locator('article.in-thread', { hasText: `answer of ${from}` })
      .waitFor();
    expect(await side(page, from).locator('.about').count()).toBe(0);
  });

  it('a reply to a reply in Slack’s thread stands in the same thread', async () => {
    const page = await open();
    const here = side(page, 'slack');
    await say(page, 'slack', 'Pia', 'where do we meet?');
    for (const [to, words] of [
      ['where do we meet?', 'at the harbour'],
      ['at the harbour', 'see you there'],
    ] as const) {
      await press(page, message(page, 'slack', to), 'Reply');
      await here.locator('.about').waitFor();
      await here.locator('textarea').fill(words);
      await here.locator('textarea').press('Enter');
      await here.locator('article.in-thread', { hasText: words }).waitFor();
      for (const name of ['talk', 'matrix'] as const) await message(page, name, words).waitFor();
    }
    await here.locator('.replies', { hasText: '2 replies' }).waitFor();
  });

  it.each(speakers)('an edit from %s is seen in each room, with its mark', async (from, person) => {
    const page = await open();
    await say(page, from, person, `first words of ${from}`);
    for (const to of otherSides(from)) await message(page, to, `first words of ${from}`).waitFor();
    await press(page, message(page, from, `first words of ${from}`), 'Edit');
    const field = side(page, from).locator('textarea');
    await until(async () => (await field.inputValue()) === `first words of ${from}`);
    await field.fill(`better words of ${from}`);
    await field.press('Enter');
    for (const name of sideNames) await message(page, name, `better words of ${from}`).locator('.edited').waitFor();
    await until(async () => (await field.inputValue()) === '');
    for (const name of sideNames) expect(await message(page, name, `first words of ${from}`).count()).toBe(0);
  });

  it.each(speakers)('a deletion from %s is seen in each room', async (from, person) => {
    const page = await open();
    await say(page, from, person, `wrong room, ${from}`);
    const rows = await Promise.all(
      sideNames.map(async (name) => {
        const id = await message(page, name, `wrong room, ${from}`).getAttribute('data-id');
        return { name, row: side(page, name).locator(`[data-id="${id!}"]`) };
      }),
    );
    await press(page, message(page, from, `wrong room, ${from}`), 'Delete');
    for (const { name, row } of rows) {
      if (name === 'slack') await row.waitFor({ state: 'detached' });
      else await row.locator('.gone').waitFor();
    }
  });

  it.each(speakers)('files from %s are seen, played or saved in each room', async (from, person) => {
    const page = await open();
    const here = side(page, from);
    await here.locator('.people label', { hasText: person }).click();
    await here.locator('textarea').fill(`holiday of ${from}`);
    await here.locator('input[type=file]').setInputFiles([
      { name: `meadow-${from}.png`, mimeType: 'image/png', buffer: await drawnPicture(page) },
      { name: `song-${from}.wav`, mimeType: 'audio/wav', buffer: tone(1) },
      { name: `plan-${from}.pdf`, mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 a plan') },
    ]);
    for (const name of sideNames) {
      const picture = message(page, name, `holiday of ${from}`).locator(`img[alt="meadow-${from}.png"]`);
      await picture.waitFor();
      await picture.scrollIntoViewIfNeeded();
      await until(() =>
        picture.evaluate(
          (shown: { complete: boolean; naturalWidth: number }) => shown.complete && shown.naturalWidth === 640,
        ),
      );
      const sound = side(page, name).locator(`audio[aria-label="song-${from}.wav"]`);
      await sound.waitFor();
      await until(() => sound.evaluate((player: { duration: number }) => Math.abs(player.duration - 1) < 0.05));
      const saved = page.waitForEvent('download');
      await side(page, name).locator(`a[download="plan-${from}.pdf"]`).click();
      expect(readFileSync(await (await saved).path(), 'utf8')).toBe('%PDF-1.4 a plan');
    }
    await until(async () => (await here.locator('textarea').inputValue()) === '');
    await message(page, from, `holiday of ${from}`).locator('.delivery.arrived').waitFor();
    await allThere(page);
    await shoot(page, `files-${from}`);
  });

  /** Asks with the form below a room's messages. */
  async function ask(page: Page, name: SideName, person: string, question: string, options: readonly string[]) {
    const here = side(page, name);
    await here.locator('.people label', { hasText: person }).click();
    await here.getByRole('button', { name: 'Ask in a poll' }).click();
    await here.getByLabel('Question').fill(question);
    for (const [at, option] of options.entries()) await here.getByLabel(`Answer ${String(at + 1)}`).fill(option);
    return {
      choose: (what: string) => here.locator('.asking .choices label', { hasText: what }).click(),
      send: () => here.getByRole('button', { name: 'Ask', exact: true }).click(),
    };
  }
  /** The poll itself: what answers it has its question too. */
  const pollOf = (page: Page, name: SideName, question: string): Locator =>
    side(page, name).locator('article.message:has(.poll, .blocks)').filter({ hasText: question });
  /** What each option of a poll shows, its count behind it. */
  const options = (at: Locator): Promise<string[]> =>
    at
      .locator('.poll li label')
      .evaluateAll((labels: { innerText: string }[]) =>
        labels.map(({ innerText }) => innerText.replaceAll(/\s+/g, ' ').trim()),
      );
  const blocks = (at: Locator): Promise<string[]> => at.locator('.block .words').allInnerTexts();
  const shows = (what: () => Promise<readonly string[]>, ...wanted: string[]): Promise<void> =>
    until(async () => JSON.stringify(await what()) === JSON.stringify(wanted));

  it('a poll of Talk is voted in everywhere, as each network has it, and counted once', async () => {
    const page = await open();
    const question = 'Which day suits you?';
    const form = await ask(page, 'talk', 'Anna', question, ['Friday', 'Saturday', 'Sunday']);
    await form.send();
    const inTalk = pollOf(page, 'talk', question);
    const inMatrix = pollOf(page, 'matrix', question);
    const inSlack = pollOf(page, 'slack', question);
    await inMatrix.locator('.poll').waitFor();
    await inSlack.locator('.blocks').waitFor();
    await inTalk.locator('.delivery.arrived').waitFor();
    for (const to of otherSides('talk'))
      await page.locator(`.way [data-to="${to}"] [data-step="shown"].reached`).waitFor();
    expect(await inMatrix.locator('.by strong').innerText()).toBe('Anna (Talk)');

    await side(page, 'matrix').locator('.people label', { hasText: 'Noah' }).click();
    await inMatrix.locator('.poll label', { hasText: 'Saturday' }).click();
    await shows(() => options(inMatrix), 'Friday 0 votes', 'Saturday 1 vote', 'Sunday 0 votes');
    await side(page, 'slack').locator('.people label', { hasText: 'Pia' }).click();
    await inSlack.locator('.block', { hasText: 'Saturday' }).getByRole('button', { name: 'Vote' }).click();
    await until(async () => (await blocks(inSlack)).includes('Saturday — 2'));
    await shows(() => options(inMatrix), 'Friday 0 votes', 'Saturday 2 votes', 'Sunday 0 votes');
    // Whoever has not voted in Talk sees nothing yet.
    expect(await options(inTalk)).toEqual(['Friday', 'Saturday', 'Sunday']);
    await side(page, 'talk').locator('.people label', { hasText: 'Ben' }).click();
    await inTalk.locator('.poll label', { hasText: 'Friday' }).click();
    await inTalk.getByRole('button', { name: 'Vote', exact: true }).click();
    await until(async () => (await options(inTalk)).includes('Friday ✓ 1 vote'));
    await until(async () => (await blocks(inSlack)).some((words) => words.startsWith('3 people voted')));

    // Noah thinks otherwise, and Pia does not want to choose.
    await inMatrix.locator('.poll label', { hasText: 'Sunday' }).click();
    await inSlack.getByRole('button', { name: 'Take my vote back' }).click();
    await until(async () => (await blocks(inSlack)).includes('Sunday — 1'));
    await until(async () => (await blocks(inSlack)).includes('Saturday — 0'));
    await shoot(page, 'polls');

    expect(await inTalk.getByRole('button', { name: 'End the poll' }).count()).toBe(0);
    await side(page, 'talk').locator('.people label', { hasText: 'Anna' }).click();
    await inTalk.getByRole('button', { name: 'End the poll' }).click();
    await until(async () => (await blocks(inSlack)).includes('The poll is over · 2 people voted'));
    expect(await blocks(inSlack)).toEqual(
      expect.arrayContaining(['Friday — 1', 'Saturday — 0', 'Sunday — 1', 'The poll is over · 2 people voted']),
    );
    expect(await inSlack.getByRole('button', { name: 'Vote' }).count()).toBe(0);
    await inMatrix.locator('.poll', { hasText: 'The poll is over' }).waitFor();
    await shows(() => options(inMatrix), 'Friday 1 vote', 'Saturday 0 votes', 'Sunday ✓ 1 vote');
    await allThere(page);
  });

  it('a poll of Matrix is ended where it was asked, and over everywhere', async () => {
    const page = await open();
    const question = 'Harbour or park?';
    await (await ask(page, 'matrix', 'Mia', question, ['harbour', 'park'])).send();
    const inMatrix = pollOf(page, 'matrix', question);
    const inSlack = pollOf(page, 'slack', question);
    expect(await inSlack.locator('.by strong').innerText()).toBe('Mia (Matrix)');
    expect(await pollOf(page, 'talk', question).locator('.by strong').innerText()).toBe('Mia (Matrix)');
    await side(page, 'slack').locator('.people label', { hasText: 'Quinn' }).click();
    await inSlack.locator('.block', { hasText: 'park' }).getByRole('button', { name: 'Vote' }).click();
    await inMatrix.locator('.poll label', { hasText: 'harbour' }).click();
    await shows(() => options(inMatrix), 'harbour 1 vote', 'park 1 vote');
    await inMatrix.getByRole('button', { name: 'End the poll' }).click();
    await until(async () => (await blocks(inSlack)).includes('The poll is over · 2 people voted'));
    await pollOf(page, 'talk', question).locator('.poll', { hasText: 'The poll is over' }).waitFor();
    await allThere(page);
  });

  it('a poll with several answers and hidden results tells them when it is over', async () => {
    const page = await open();
    const question = 'What shall we eat?';
    const form = await ask(page, 'talk', 'Anna', question, ['soup', 'salad', 'cake']);
    await form.choose('Several answers');
    await form.choose('Results at the end only');
    await form.send();
    const inMatrix = pollOf(page, 'matrix', question);
    const inTalk = pollOf(page, 'talk', question);
    const inSlack = pollOf(page, 'slack', question);
    await inMatrix.locator('.poll', { hasText: 'Several answers · Results are shown when the poll is over' }).waitFor();
    await inSlack.locator('.blocks').waitFor();
    await side(page, 'slack').locator('.people label', { hasText: 'Rosa' }).click();
    await inSlack.getByRole('button', { name: 'Choose' }).click();
    await inSlack.locator('.menu label', { hasText: 'soup' }).click();
    await inSlack.locator('.menu label', { hasText: 'cake' }).click();
    await inSlack.locator('.menu').getByRole('button', { name: 'Vote' }).click();
    await side(page, 'talk').locator('.people label', { hasText: 'Clara' }).click();
    for (const option of ['soup', 'salad']) await inTalk.locator('.poll label', { hasText: option }).click();
    await inTalk.getByRole('button', { name: 'Vote', exact: true }).click();
    await inTalk.getByRole('button', { name: 'Change my vote' }).waitFor();
    // Of votes in a hidden poll Talk tells nothing before its end.
    await until(async () => (await blocks(inSlack)).some((words) => words.startsWith('1 person voted')));
    // Nobody is told what was chosen.
    for (const name of sideNames) expect(await pollOf(page, name, question).innerText()).not.toMatch(/\d votes?\b/);
    await shoot(page, 'hidden');
    await side(page, 'talk').locator('.people label', { hasText: 'Anna' }).click();
    await inTalk.getByRole('button', { name: 'End the poll' }).click();
    await until(async () => (await blocks(inSlack)).includes('The poll is over · 2 people voted'));
    expect(await blocks(inSlack)).toEqual(expect.arrayContaining(['soup — 2', 'salad — 1', 'cake — 1']));
    await inMatrix.locator('.poll', { hasText: 'The poll is over' }).waitFor();
    await allThere(page);
  });

  it('polls can be asked and voted in by the keyboard', async () => {
    const page = await open();
    const here = side(page, 'talk');
    const focused = page.locator(':focus');
    await here.getByRole('button', { name: 'Ask in a poll' }).focus();
    await page.keyboard.press('Enter');
    expect(await focused.getAttribute('aria-label')).toBe('Question');
    await page.keyboard.type('Tea or coffee?');
    for (const option of ['tea', 'coffee']) {
      await page.keyboard.press('Tab');
      await page.keyboard.type(option);
    }
    await page.keyboard.press('Enter');
    const asked = pollOf(page, 'talk', 'Tea or coffee?');
    await asked.locator('.poll').waitFor();
    await asked.focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    expect(await focused.innerText()).toBe('Vote');
    await page.keyboard.press('Enter');
    await until(async () => (await options(asked)).includes('tea ✓ 1 vote'));
    // Escape gives up a question.
    await here.getByRole('button', { name: 'Ask in a poll' }).click();
    await page.keyboard.press('Escape');
    await here.locator('textarea').waitFor();
    await allThere(page);
  });

  it('a thread with its title is one in each room', async () => {
    const page = await open();
    const here = side(page, 'talk');
    await here.locator('.people label', { hasText: 'Ben' }).click();
    await here.getByRole('button', { name: 'Begin a thread' }).click();
    await page.keyboard.type('Summer party');
    await page.keyboard.press('Enter');
    await page.keyboard.type('who brings what?');
    await page.keyboard.press('Enter');
    for (const name of sideNames) {
      await message(page, name, 'who brings what?').locator('.text', { hasText: '🧵 Summer party' }).waitFor();
    }
    await side(page, 'matrix').locator('.people label', { hasText: 'Olga' }).click();
    await press(page, message(page, 'matrix', 'who brings what?'), 'Reply in thread');
    await side(page, 'matrix').locator('.about', { hasText: 'Thread of' }).waitFor();
    await side(page, 'matrix').locator('textarea').fill('I bring plum cake');
    await side(page, 'matrix').locator('textarea').press('Enter');
    await message(page, 'talk', 'I bring plum cake').locator('.quote', { hasText: '🧵 Summer party' }).waitFor();
    await message(page, 'matrix', 'I bring plum cake').locator('.quote', { hasText: '🧵' }).waitFor();
    await side(page, 'slack').locator('article.in-thread', { hasText: 'I bring plum cake' }).waitFor();
    await press(page, message(page, 'slack', 'I bring plum cake'), 'Reply');
    await side(page, 'slack').locator('.about').waitFor();
    await side(page, 'slack').locator('textarea').fill('and I bring lemonade');
    await side(page, 'slack').locator('textarea').press('Enter');
    await message(page, 'talk', 'and I bring lemonade').locator('.quote', { hasText: '🧵 Summer party' }).waitFor();
    for (const name of sideNames) {
      const root = side(page, name).locator('article.message', { hasText: 'who brings what?' }).first();
      await root.locator('.replies', { hasText: '2 replies' }).waitFor();
    }
    await message(page, 'talk', 'and I bring lemonade').locator('.quote').first().click();
    expect(await page.locator(':focus').innerText()).toContain('who brings what?');
    await allThere(page);
    await shoot(page, 'thread');
  });

  /** With CROSSTALK_SHOTS and `-t readme` alone: docs/images. */
  it('the pictures of the readme show what people say, ask and decide together', async () => {
    const page = await open({ deviceScaleFactor: 1.5 });
    await say(page, 'matrix', 'Mia', 'Good **morning**! The boat is booked.');
    await message(page, 'slack', 'The boat is booked').waitFor();
    await message(page, 'talk', 'The boat is booked').waitFor();
    await side(page, 'slack').locator('.people label', { hasText: 'Rosa' }).click();
    await press(page, message(page, 'slack', 'The boat is booked'), 'React');
    await message(page, 'slack', 'The boat is booked').getByRole('button', { name: 'React with 🎉' }).click();
    const question = 'When do we sail?';
    await (await ask(page, 'talk', 'Anna', question, ['Friday', 'Saturday', 'Sunday'])).send();
    const [inTalk, inMatrix, inSlack] = sideNames.map((name) => pollOf(page, name, question));
    await inMatrix!.waitFor();
    await inSlack!.waitFor();
    for (const [person, day] of [
      ['Noah', 'Saturday'],
      ['Olga', 'Sunday'],
    ] as const) {
      await side(page, 'matrix').locator('.people label', { hasText: person }).click();
      await inMatrix!.locator('.poll label', { hasText: day }).click();
    }
    await side(page, 'slack').locator('.people label', { hasText: 'Pia' }).click();
    await inSlack!.locator('.block', { hasText: 'Saturday' }).getByRole('button', { name: 'Vote' }).click();
    await until(async () => (await blocks(inSlack!)).includes('Saturday — 2'));
    await shows(() => options(inMatrix!), 'Friday 0 votes', 'Saturday 2 votes', 'Sunday 1 vote');
    await side(page, 'talk').locator('.people label', { hasText: 'Ben' }).click();
    await inTalk!.locator('.poll label', { hasText: 'Saturday' }).click();
    await inTalk!.getByRole('button', { name: 'Vote', exact: true }).click();
    await shows(() => options(inTalk!), 'Friday 0 votes', 'Saturday ✓ 3 votes', 'Sunday 1 vote');
    await press(page, message(page, 'slack', 'The boat is booked'), 'Reply');
    await side(page, 'slack').locator('textarea').fill('I bring lemonade');
    await side(page, 'slack').locator('textarea').press('Enter');
    for (const name of ['talk', 'matrix'] as const) await message(page, name, 'I bring lemonade').waitFor();
    await page.locator('.top').hover();
    await page.locator('.way [data-to="matrix"] [data-step="shown"].reached').waitFor();
    await allThere(page);
    await shoot(page, 'readme-light');
    for (const [colorScheme, width, height] of [
      ['dark', 1280, 860],
      ['dark', 390, 844],
      ['light', 390, 844],
    ] as const) {
      const isPhone = width === 390;
      const other = await open({ colorScheme, viewport: { width, height }, hasTouch: isPhone, isMobile: isPhone });
      if (isPhone) await other.locator('.tabs .slack').tap();
      await pollOf(other, 'slack', question).waitFor();
      // What was touched is lit for a moment.
      if (isPhone) await other.waitForTimeout(700);
      expect(await other.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
      await shoot(other, `readme-${colorScheme}${isPhone ? '-phone' : ''}`);
    }
  });

  it('nobody can change what another one said', async () => {
    const page = await open();
    await say(page, 'talk', 'Ben', 'mine alone');
    await side(page, 'talk').locator('.people label', { hasText: 'Anna' }).click();
    const row = message(page, 'talk', 'mine alone');
    await row.hover();
    expect(await row.getByRole('button', { name: 'Reply' }).count()).toBe(1);
    expect(await row.getByRole('button', { name: 'Delete' }).count()).toBe(0);
  });

  it('reactions are counted in each room, and a second click takes them back', async () => {
    const page = await open();
    await say(page, 'talk', 'Anna', 'who comes along?');
    for (const to of otherSides('talk')) await message(page, to, 'who comes along?').waitFor();
    const chip = (name: SideName): Locator =>
      message(page, name, 'who comes along?').locator('.reactions button', { hasText: '👍' });
    for (const [name, person] of [
      ['talk', 'Ben'],
      ['matrix', 'Noah'],
      ['slack', 'Pia'],
    ] as const) {
      await side(page, name).locator('.people label', { hasText: person }).click();
      const row = message(page, name, 'who comes along?');
      await press(page, row, 'React');
      // A click beside it closes it again.
      await side(page, name).locator('h2').click();
      await row.getByRole('button', { name: 'React with 👍' }).waitFor({ state: 'detached' });
      await press(page, row, 'React');
      await row.getByRole('button', { name: 'React with 👍' }).click();
      await chip(name).waitFor();
    }
    // On Matrix and in Talk each person reacts in their own name, on Slack Crosstalk does in all others'.
    for (const name of ['matrix', 'talk'] as const)
      await until(async () => (await chip(name).innerText()).includes('3'));
    await until(async () => (await chip('slack').innerText()).includes('2'));
    for (const [name, left] of [
      ['matrix', '2'],
      ['slack', '1'],
    ] as const) {
      expect(await chip(name).getAttribute('aria-pressed')).toBe('true');
      await chip(name).click();
      await until(async () => (await chip('matrix').innerText()).includes(left));
      expect(await chip(name).getAttribute('aria-pressed')).toBe('false');
    }
    await until(async () => (await chip('talk').innerText()).includes('1'));
    await chip('talk').click();
    for (const name of sideNames) await chip(name).waitFor({ state: 'detached' });
  });

  it('kill -9 kills the service: what is said meanwhile waits, and arrives once in both other rooms', async () => {
    const page = await open();
    await say(page, 'talk', 'Anna', 'before the end');
    await message(page, 'matrix', 'before the end').waitFor();
    await allThere(page);
    const pid = Number(/pid (\d+)/.exec(await page.locator('.status').innerText())![1]);
    const mark = markOf(pid)!;
    await page.getByRole('button', { name: 'kill -9 now' }).click();
    await page.locator('.outcome', { hasText: `Process ${String(pid)} is gone` }).waitFor();
    await until(() => Promise.resolve(!isAlive(mark)));
    await say(page, 'talk', 'Anna', 'anybody there?');
    await say(page, 'matrix', 'Mia', 'the bridge is not');
    await say(page, 'matrix', 'Noah', 'wait for it');
    await say(page, 'slack', 'Pia', 'nobody hears me');
    await page.locator('.way .time', { hasText: 'waits' }).waitFor();
    // Each in both other rooms.
    for (const [from, waiting] of [
      ['talk', '2'],
      ['matrix', '4'],
      ['slack', '2'],
    ] as const) {
      expect(await count(page, from, 'waiting')).toBe(waiting);
    }
    await shoot(page, 'killed');
    await page.locator('.status', { hasText: 'service is running' }).waitFor();
    await message(page, 'matrix', 'anybody there?').waitFor();
    await message(page, 'talk', 'nobody hears me').waitFor();
    await allThere(page);
    await page.locator('.outcome', { hasText: `Process ${String(pid)} was killed` }).waitFor();
    await page.locator('.outcome', { hasText: 'Everything has arrived in both other rooms, once.' }).waitFor();
    expect(await page.locator('.status').innerText()).not.toContain(String(pid));
    for (const words of ['anybody there?', 'the bridge is not', 'wait for it', 'nobody hears me']) {
      for (const name of sideNames) {
        expect(await side(page, name).locator('article.message', { hasText: words }).count()).toBe(1);
      }
    }
  });

  it('everything can be reached by the keyboard, and what has the focus is seen', async () => {
    const page = await open();
    await say(page, 'talk', 'Anna', 'older one');
    await say(page, 'talk', 'Anna', 'newer one');
    await message(page, 'matrix', 'newer one').waitFor();
    await side(page, 'talk').locator('.members summary').focus();
    const focused = page.locator(':focus');
    // On the way: lines that unfold.
    do await page.keyboard.press('Tab');
    while ((await focused.getAttribute('data-id')) === null);
    expect(await focused.innerText()).toContain('newer one');
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.keyboard.press('ArrowUp');
    expect(await focused.innerText()).toContain('older one');
    const names: (string | null)[] = [];
    for (let at = 0; at < 4; at += 1) {
      await page.keyboard.press('Tab');
      names.push(await focused.getAttribute('aria-label'));
    }
    expect(names).toEqual(['React', 'Reply', 'Edit', 'Delete']);
    for (let at = 0; at < 3; at += 1) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused.getAttribute('aria-label')).toBe('React with ❤️');
    await page.keyboard.press('Enter');
    await message(page, 'talk', 'older one').locator('.reactions button', { hasText: '❤️' }).waitFor();
    expect(await focused.innerText()).toContain('older one');
    const field = side(page, 'talk').locator('textarea');
    await field.focus();
    await page.keyboard.press('ArrowUp');
    await until(async () => (await field.inputValue()) === 'newer one');
    await page.keyboard.press('Escape');
    await until(async () => (await field.inputValue()) === '');
  });

  it('markup that people write is shown as text or left out, and never run', async () => {
    const page = await open();
    const markup = '<img src=x onerror="document.title=1"> <b>kept</b>';
    await say(page, 'talk', 'Anna', markup);
    for (const name of sideNames) {
      expect(await message(page, name, 'kept').locator('.words').innerText()).toContain(markup);
      expect(await message(page, name, 'kept').locator('img').count()).toBe(0);
    }
    expect(await page.title()).toBe('Crosstalk sandbox');
    const policy = (await page.reload())!.headers()['content-security-policy']!;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  it('says in a sentence what a network refuses, and keeps what was typed', async () => {
    const page = await open();
    const field = side(page, 'talk').locator('textarea');
    await field.fill('x'.repeat(33_000));
    await field.press('Enter');
    await side(page, 'talk')
      .getByRole('alert')
      .filter({ hasText: 'Nextcloud Talk takes no message of that length.' })
      .waitFor();
    expect((await field.inputValue()).length).toBe(33_000);
  });

  it('an address of another start says so', async () => {
    const page = await open({}, address.replace(/token=.*/, 'token=old'));
    await page.getByText('This address is not, or no longer, the sandbox’s.').waitFor();
  });

  it('speaks German to those whose browser does', async () => {
    const page = await open({ locale: 'de-AT' });
    await page.getByRole('button', { name: 'kill -9 jetzt' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByPlaceholder('Als Anna schreiben').waitFor();
  });

  it.each([
    ['en-GB', 390],
    ['de-AT', 390],
    ['en-GB', 1280],
    ['de-AT', 1280],
    ['de-AT', 1000],
  ] as const)('the steps of a way keep apart, in %s at %d', async (locale, width) => {
    const page = await open({ locale, viewport: { width, height: 844 } });
    await say(page, 'talk', 'Anna', `way in ${locale} at ${String(width)}`);
    await page.locator('.way .of', { hasText: `way in ${locale} at ${String(width)}` }).waitFor();
    for (const to of otherSides('talk')) {
      await page.locator(`.way [data-to="${to}"] [data-step="shown"].reached`).waitFor();
    }
    const gapPx =
      await page.evaluate<number>(`Math.min(...[...document.querySelectorAll('.way .steps')].flatMap((list) =>
      ['.name', '.time'].flatMap((part) => {
        const boxes = [...list.querySelectorAll(part)].map((each) => {
          // Of the words: what they stand in is wider.
          const words = document.createRange();
          words.selectNodeContents(each);
          return words.getBoundingClientRect();
        });
        return boxes.slice(1).map((box, at) => box.left - boxes[at].right);
      })))`);
    await shoot(page, `way-${locale}-${String(width)}`);
    expect(gapPx).toBeGreaterThanOrEqual(6);
  });

  it('on a phone the sides are tabs, and what comes to the others is counted', async () => {
    const page = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await side(page, 'talk').waitFor();
    for (const name of otherSides('talk')) expect(await side(page, name).isVisible()).toBe(false);
    await say(page, 'talk', 'Anna', 'from the train');
    for (const name of otherSides('talk')) await page.locator(`.tabs .${name} .unseen`, { hasText: '1' }).waitFor();
    const row = message(page, 'talk', 'from the train');
    await row.locator('.bring-tools').tap();
    await row.getByRole('button', { name: 'Delete' }).tap();
    await row.waitFor({ state: 'detached' });
    for (const shown of ['matrix', 'slack'] as const) {
      await page.locator(`.tabs .${shown}`).tap();
      const visible = await Promise.all(sideNames.map((name) => side(page, name).isVisible()));
      expect(visible).toEqual(sideNames.map((name) => name === shown));
    }
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBe(390);
  });

  it.each([
    ['light', 'rgb(244, 243, 239)'],
    ['dark', 'rgb(23, 24, 27)'],
  ] as const)('is %s for those who want it so', async (colorScheme, ground) => {
    for (const [width, height] of [
      [1280, 860],
      [390, 844],
    ] as const) {
      const isPhone = width === 390;
      const page = await open({ colorScheme, viewport: { width, height }, hasTouch: isPhone, isMobile: isPhone });
      await side(page, 'talk').waitFor();
      expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).toBe(ground);
      await shoot(page, `${colorScheme}-${String(width)}`);
    }
  });
});
