import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { Servers, type ServersAddresses } from '../../src/sandbox/servers.js';

/** Where pictures of the page are put, if anywhere. */
const shots = process.env['CROSSTALK_SHOTS'];
const patienceMs = 60_000;

let servers: Servers;
let browser: Browser;
let addresses: ServersAddresses;
let contexts: BrowserContext[];
/** What the browser complained of. */
let complaints: string[];

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CROSSTALK_CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
});

afterAll(async () => {
  await browser.close();
});

beforeEach(() => {
  contexts = [];
  complaints = [];
});

afterEach(async () => {
  for (const context of contexts) await context.close();
  await servers.stop();
  expect(complaints).toEqual([]);
});

async function start(...networks: readonly ('talk' | 'matrix' | 'slack')[]): Promise<void> {
  servers = new Servers({
    networks,
    ports: { talk: 0, matrix: 0, slack: 0 },
    page: resolve('dist', 'web'),
    pagePort: 0,
    publicPort: 8780,
    say: () => undefined,
  });
  addresses = await servers.start();
}

async function open(at: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-GB', ...options });
  context.setDefaultTimeout(patienceMs);
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(at);
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `servers-${name}.png`) });
}

const message = (page: Page, words: string) => page.locator('article.message').filter({ hasText: words }).last();

async function say(page: Page, person: string, words: string): Promise<void> {
  await page.locator('.people label', { hasText: person }).click();
  await page.locator('textarea').fill(words);
  await page.locator('textarea').press('Enter');
}

async function press(page: Page, words: string, what: string): Promise<void> {
  await message(page, words).hover();
  await message(page, words).getByRole('button', { name: what, exact: true }).click();
}

async function call(method: string, fields: Record<string, string>): Promise<void> {
  const headers = { authorization: 'Bearer xoxb-sandbox' };
  const body = new URLSearchParams({ channel: 'C0GENERAL00', ...fields });
  const answer = await fetch(`${addresses.servers['Slack']!}/api/${method}`, { method: 'POST', headers, body });
  expect(await answer.json()).toMatchObject({ ok: true });
}

describe('the page of servers without a service', () => {
  it('one server has one column, in which people say, answer, change, take back and react, and an app is seen at once', async () => {
    await start('slack');
    const page = await open(addresses.page);
    await page.locator('.status', { hasText: 'sandbox is running' }).waitFor();
    expect(await page.locator('.side').count()).toBe(1);
    for (const part of ['.tabs', '.way', '.drill']) expect(await page.locator(part).count()).toBe(0);
    await say(page, 'Bert', 'shall we **go**?');
    await message(page, 'shall we go?').waitFor();
    expect(await message(page, 'shall we go?').locator('.delivery').count()).toBe(0);
    await page.locator('.people label', { hasText: 'Ann' }).click();
    await press(page, 'shall we go?', 'Reply');
    await page.locator('.about').waitFor();
    await page.locator('textarea').fill('in a minute');
    await page.locator('textarea').press('Enter');
    await page.locator('article.in-thread', { hasText: 'in a minute' }).waitFor();
    await press(page, 'in a minute', 'Edit');
    await page.waitForFunction(`document.querySelector('textarea').value === 'in a minute'`);
    await page.locator('textarea').fill('in an hour');
    await page.locator('textarea').press('Enter');
    await message(page, 'in an hour').locator('.edited').waitFor();
    await press(page, 'shall we go?', 'React');
    await message(page, 'shall we go?').getByRole('button', { name: 'React with 🎉' }).click();
    await message(page, 'shall we go?').locator('.reactions button', { hasText: '🎉' }).waitFor();
    await call('conversations.join', {});
    await call('chat.postMessage', { text: 'from elsewhere', username: 'Mia (Matrix)' });
    await message(page, 'from elsewhere').locator('.by strong', { hasText: 'Mia (Matrix)' }).waitFor();
    await press(page, 'in an hour', 'Delete');
    await message(page, 'in an hour').waitFor({ state: 'detached' });
  });

  it('what an app answers to a command is seen by who typed it alone', async () => {
    await start('slack');
    const page = await open(addresses.page);
    await call('conversations.join', {});
    await call('chat.postEphemeral', { user: 'U0BERT', text: 'This channel is linked' });
    await say(page, 'Ann', '/crosstalk status');
    await message(page, '/crosstalk failed with the error').waitFor();
    expect(await page.locator('article.message').count()).toBe(1);
    expect(await page.locator('.only-you').allInnerTexts()).toEqual(['Only visible to you']);
    await message(page, '/crosstalk failed').hover();
    expect(await message(page, '/crosstalk failed').getByRole('button').count()).toBe(0);
    await page.locator('.people label', { hasText: 'Bert' }).click();
    await message(page, 'This channel is linked').waitFor();
    expect(await page.locator('article.message').count()).toBe(1);
  });

  it('an app is made of a manifest, installed, and taken out again', async () => {
    await start('slack');
    const page = await open(addresses.apps!);
    const manifest = {
      display_information: { name: 'Mine' },
      oauth_config: { scopes: { bot: ['chat:write'] } },
      settings: { socket_mode_enabled: true },
    };
    await page.getByLabel('Manifest').fill(JSON.stringify(manifest));
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Mine', exact: true }).waitFor();
    expect(
      await page
        .locator('dd')
        .filter({ hasText: /^xapp-/ })
        .count(),
    ).toBe(1);
    await page.getByRole('button', { name: 'Install to Sandbox' }).click();
    await page
      .locator('dd')
      .filter({ hasText: /^xoxb-/ })
      .waitFor();
    await shoot(page, 'app');
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBe(1280);
    await page.getByRole('button', { name: 'Remove from Sandbox' }).click();
    await page.getByRole('button', { name: 'Install to Sandbox' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('has room for what runs, wide and narrow, %s', async (colorScheme) => {
    await start('slack');
    for (const [width, height] of [
      [1280, 860],
      [390, 844],
    ] as const) {
      const isPhone = width === 390;
      const look = { colorScheme, viewport: { width, height }, hasTouch: isPhone, isMobile: isPhone };
      const page = await open(addresses.page, look);
      await page.locator('textarea').waitFor();
      await say(page, 'Cleo', `from ${String(width)}`);
      await message(page, `from ${String(width)}`).waitFor();
      await say(page, 'Cleo', '/nothing');
      await message(page, 'is not a valid command').waitFor();
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
      await shoot(page, `${colorScheme}-${String(width)}`);
      await page.goto(addresses.apps!);
      await page.getByLabel('Manifest').waitFor();
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
      await shoot(page, `apps-${colorScheme}-${String(width)}`);
    }
  });

  it('two servers have two columns, on a phone as tabs', async () => {
    await start('talk', 'slack');
    const page = await open(addresses.page);
    await page.locator('.side').nth(1).waitFor();
    expect(await page.locator('.side h2').allInnerTexts()).toEqual(['Team', 'general']);
    const boxes = await Promise.all([0, 1].map((at) => page.locator('.side').nth(at).boundingBox()));
    expect(boxes[0]!.width).toBeCloseTo(boxes[1]!.width, 0);
    await shoot(page, 'two');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator('.tabs .slack').click();
    expect(await page.locator('.side.talk').isVisible()).toBe(false);
    expect(await page.locator('.side.slack').isVisible()).toBe(true);
    await shoot(page, 'two-390');
  });
});
