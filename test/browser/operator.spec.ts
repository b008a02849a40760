import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Replica, until, World } from '../e2e/world.js';

let world: World;
let replica: Replica;
let browser: Browser;
let address: string;
const pages: BrowserContext[] = [];

/** Where pictures of the page are put, if anywhere. */
const shots = process.env['CROSSTALK_SHOTS'];

interface Person {
  readonly theme?: 'light' | 'dark';
  readonly language?: string;
  readonly width?: number;
}

async function open(at = address, { theme = 'light', language = 'en-GB', width = 1280 }: Person = {}): Promise<Page> {
  const context = await browser.newContext({
    colorScheme: theme,
    locale: language,
    viewport: { width, height: width < 500 ? 844 : 860 },
  });
  pages.push(context);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(error.message));
  context.on('close', () =>
    expect(
      wrong.filter(
        (text) => !/401|ERR_(INTERNET_DISCONNECTED|CONNECTION_|INCOMPLETE_CHUNKED|EMPTY_RESPONSE)/.test(text),
      ),
    ).toEqual([]),
  );
  await page.goto(at);
  return page;
}

const secret = 'what was said is nobody’s business';

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CROSSTALK_CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  world = await World.build({ rooms: 2 });
  replica = world.start({
    change: { delivery: { leaseMs: 2_000, retryFirstMs: 50, retryMaxMs: 200, parkAfterAttempts: 2 } },
  });
  await replica.ready();
  const said = await world.command('page');
  expect(said.code).toBe(0);
  address = said.says;
  for (let at = 1; at <= 5; at += 1) {
    world.talk.post(world.rooms[0]!.talk, 'anna', `${secret} ${String(at)}`);
    world.matrix.post(world.rooms[1]!.matrix, '@mia:sandbox.test', `${secret} ${String(at)}`);
  }
  await until('the messages to arrive', () => inMatrix(`${secret} 5`) !== undefined && inTalk(`${secret} 5`) >= 1);
});

afterEach(async () => {
  for (const context of pages.splice(0)) await context.close();
});

afterAll(async () => {
  await browser.close();
  await world.close();
});

const inMatrix = (text: string) =>
  world.matrix.ledger.entries(world.rooms[0]!.matrix).find((entry) => entry.text?.includes(text));
const inTalk = (text: string, room = 1): number =>
  world.talk.ledger.entries(world.rooms[room]!.talk).filter((entry) => entry.text?.includes(text)).length;

async function shows(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name }).click();
}

describe('the operator’s page', () => {
  it('shows what runs: accounts, links, rooms with watch and lag, lanes, throughput', async () => {
    const page = await open();
    await page.getByText('Ready').waitFor();
    const accounts = page.getByRole('region', { name: 'Accounts' });
    await accounts.getByText('cloud', { exact: true }).waitFor();
    expect(await accounts.getByText('open', { exact: true }).count()).toBe(2);
    await page.getByRole('img', { name: /in the last whole minute/ }).waitFor();
    await shows(page, 'Links');
    const link = page.getByRole('region', { name: 'team0' });
    const row = link.getByRole('row', { name: /cloud/ });
    await row.getByText(/held poll|sweep/).waitFor();
    await link
      .getByText(/shown after \d/)
      .first()
      .waitFor();
    expect(await link.getByRole('row', { name: /hs/ }).getByText('push').count()).toBe(1);
    expect(await row.getByText('empty').count()).toBe(1);
    await page.getByRole('searchbox').fill('TEAM1');
    await until('the other links to go', async () => (await link.count()) === 0);
    expect(await page.getByRole('region', { name: 'team1' }).count()).toBe(1);
  });

  it('pauses a link and resumes it with what was said meanwhile', async () => {
    const page = await open();
    await shows(page, 'Links');
    await page.getByRole('button', { name: 'Pause: team0' }).click();
    await page.getByRole('status').getByText('team0 is paused.').waitFor();
    await page.getByRole('region', { name: 'team0' }).getByText('paused since').waitFor();
    world.talk.post(world.rooms[0]!.talk, 'anna', 'said during the pause');
    await page.getByRole('button', { name: 'Resume and catch up: team0' }).click();
    await page.getByRole('button', { name: 'Pause: team0' }).waitFor();
    await until('what was said during the pause', () => inMatrix('said during the pause') !== undefined);
  });

  it('follows what goes through, without what is said', async () => {
    const page = await open();
    const feed = page.getByRole('region', { name: 'Live' });
    await feed.getByRole('listitem').first().waitFor();
    world.matrix.post(world.rooms[0]!.matrix, '@mia:sandbox.test', `${secret} live`);
    // Who speaks for the first time arrives, too.
    await feed
      .getByRole('listitem')
      .filter({ hasText: /Message team0.*hs .*→.*cloud/ })
      .first()
      .waitFor();
    expect(await page.content()).not.toContain('business');
    await feed.getByRole('button', { name: 'Hold' }).click();
    await feed.getByText('Held: what comes is not shown.').waitFor();
    await feed.getByRole('button', { name: 'Go on' }).click();
  });

  it('shows one message’s way: inbox, delivery, copies, with their times', async () => {
    const page = await open();
    await shows(page, 'Trace');
    const id = inMatrix(`${secret} 1`)!.id;
    await page.getByLabel('A message’s id on its network').fill(id);
    await page.keyboard.press('Enter');
    const inbox = page.getByRole('region', { name: 'Inbox' });
    await inbox.getByText('routed').waitFor();
    expect(await inbox.getByRole('listitem').count()).toBeGreaterThanOrEqual(1);
    const deliveries = page.getByRole('region', { name: 'Deliveries' });
    expect(await deliveries.getByRole('listitem').textContent()).toMatch(/Message.*delivered.*→ hs .*\d\d:\d\d/);
    const copies = page.getByRole('region', { name: 'Copies' });
    expect(await copies.getByRole('listitem').count()).toBe(2);
    expect(await copies.getByText('origin').count()).toBe(1);
    expect(await page.content()).not.toContain('business');
    await page.getByLabel('A message’s id on its network').fill('$nothing');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Nothing is known of $nothing.').waitFor();
  });

  it('shows what is parked with its reason, and tries it again', async () => {
    world.talk.faults.add({
      method: 'POST',
      path: '/chat/[a-z0-9]+$',
      times: 1,
      fault: { do: 'answer', status: 400, body: '{"ocs":{"meta":{"status":"failure","statuscode":400},"data":{}}}' },
    });
    world.matrix.post(world.rooms[1]!.matrix, '@mia:sandbox.test', 'at first refused');
    const page = await open();
    await page.getByRole('navigation').getByText('1', { exact: true }).waitFor();
    await shows(page, 'Parked');
    const parked = page.getByRole('region', { name: 'Parked' }).getByRole('listitem');
    expect(await parked.textContent()).toMatch(/Message.*cloud/);
    await picture('parked');
    await parked.getByRole('button', { name: /^Retry/ }).click();
    await page.getByText('Nothing is parked.').waitFor();
    await until('what was parked to arrive', () => inTalk('at first refused') === 1);
  });

  it('can be used with the keyboard alone, and shows where one is', async () => {
    const page = await open();
    await page.getByRole('navigation').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Links');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'team0' }).waitFor();
    await page.getByRole('searchbox').focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Pause: team0');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('team0 is paused.').waitFor();
    await page.getByRole('button', { name: 'Resume from now: team0' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pause: team0' }).waitFor();
  });

  it('asks for the token where the address has none, and takes no wrong one', async () => {
    const page = await open(address.replace(/#.*/, ''));
    const field = page.getByLabel('Token', { exact: true });
    await field.fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await field.fill(address.replace(/.*#token=/, ''));
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('Ready').waitFor();
    await page.reload();
    await page.getByText('Ready').waitFor();
  });

  it.each([
    { theme: 'light', language: 'en-GB', width: 1280 },
    { theme: 'dark', language: 'de-DE', width: 1280 },
    { theme: 'light', language: 'en-GB', width: 1920 },
    { theme: 'light', language: 'de-AT', width: 390 },
    { theme: 'dark', language: 'en-US', width: 390 },
  ] as const)('fits $width px in $theme colours and speaks $language', async (person) => {
    const page = await open(address, person);
    const german = person.language.startsWith('de');
    for (const [name, heading] of german
      ? [
          ['Überblick', 'Konten'],
          ['Verknüpfungen', 'team0'],
          ['Geparkt', 'Geparkt'],
          ['Weg', 'Weg einer Nachricht'],
        ]
      : [
          ['Overview', 'Accounts'],
          ['Links', 'team0'],
          ['Parked', 'Parked'],
          ['Trace', 'A message’s way'],
        ]) {
      await shows(page, name!);
      await page.getByRole('heading', { name: heading! }).waitFor();
      const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      expect(wide).toBe(0);
    }
    expect(await page.evaluate('document.documentElement.lang')).toBe(german ? 'de' : 'en');
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe(person.theme === 'dark' ? 'rgb(23, 24, 27)' : 'rgb(244, 243, 239)');
    await picture(german ? 'de' : 'en', person);
  });

  it('says when nobody answers, and goes on by itself', async () => {
    const page = await open();
    await page.getByText('Ready').waitFor();
    await page.context().setOffline(true);
    await page.getByRole('alert').getByText('No connection').waitFor();
    await page.context().setOffline(false);
    await page.getByText('Ready').waitFor();
  });

  it('keeps no service from ending in order', async () => {
    const page = await open();
    await page.getByRole('region', { name: 'Live' }).getByRole('listitem').first().waitFor();
    await replica.stop();
    expect(await replica.exited).toEqual({ code: 0, signal: null });
    await page.getByRole('alert').getByText('No connection').waitFor();
  });
});

/** Pictures for people to look at, where CROSSTALK_SHOTS names a folder. */
async function picture(name: string, person?: Person): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  const persons: Person[] =
    person === undefined
      ? (['light', 'dark'] as const).flatMap((theme) => [1280, 390].map((width) => ({ theme, width })))
      : [person];
  for (const each of persons) {
    const page = await open(address, each);
    const german = each.language?.startsWith('de') === true;
    const views = person === undefined ? ['parked'] : ['overview', 'links', 'way'];
    for (const view of views) {
      const at = ['overview', 'links', 'parked', 'way'].indexOf(view);
      await page.getByRole('navigation').getByRole('button').nth(at).click();
      if (view === 'way') {
        await page.getByRole('searchbox').fill(inMatrix(`${secret} 1`)!.id);
        await page.keyboard.press('Enter');
        await page.getByText(german ? 'Ursprung' : 'origin').waitFor();
      } else await page.waitForTimeout(1_500);
      const file = `operator-${view}-${name}-${String(each.width)}-${each.theme ?? 'light'}.png`;
      await page.screenshot({ path: join(shots, file), fullPage: true });
    }
  }
}
