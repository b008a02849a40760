import type { SpeakerWish } from '../model/capabilities.js';
import type { AccountId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import type { Database, Transaction } from '../persistence/database.js';
import type { LinkChangeRepository, StoredLink, StoredPortal } from '../persistence/link-change.repository.js';
import { declarePortal, lockLinks } from '../persistence/portal-writes.js';
import { tellOfLinks } from '../persistence/wakeup-channel.js';
import { canFlow } from '../settings/cross-checks.js';
import { keyPattern, keyRule } from '../settings/settings.schema.js';
import type { LinkSettings } from '../settings/settings.types.js';
import { type LinkWish, nameOf, type RoomChoice, sameWanted, type WishedRoom } from './link-wish.js';
import { noSuch } from './no-such.js';

/** What was asked for cannot be; the message says why, and what to do. Nothing was written. */
export class LinkRefused extends Error {}

/** No link has that name. */
export class NoSuchLink extends LinkRefused {}

/** What a person's word changed: nothing where it was so already. */
export type Change = 'changed' | 'was so';

export interface LinkChangesOptions {
  readonly accounts: ReadonlySet<AccountId>;
  /** The links of the settings, which own them. */
  readonly settled: readonly LinkSettings[];
  /** Where the settings are written, for a person: the path of the file. */
  readonly settingsPlace: string;
}

/**
 * What people may do with links, each in one transaction that the running services hear of when it is committed.
 * Links of the settings may be paused and resumed here, and nothing else.
 */
export class LinkChanges {
  constructor(
    private readonly database: Database,
    private readonly repository: LinkChangeRepository,
    private readonly options: LinkChangesOptions,
  ) {}

  /** Makes a link, or puts rooms into one, sets directions, who speaks and what it mirrors. Throws LinkRefused. */
  async link(wish: LinkWish): Promise<{ readonly link: 'made' | 'changed'; readonly state: 'active' | 'paused' }> {
    return this.#change(wish.key, async (tx, stored) => {
      this.#refuseSettings(wish.key, stored);
      // One that is there was named by other rules perhaps, and can be changed all the same.
      if (stored === undefined) refuseName(wish.key);
      const live = stored === undefined ? [] : present(stored);
      const begins = live.length === 0;
      if (begins && wish.rooms.length < 2) throw new LinkRefused(tooFewRooms(wish.key, stored));
      this.#refuseAccounts([...wish.rooms, ...wish.turns, ...(wish.speakers ?? [])]);
      refuseTwice(wish.rooms, live);
      for (const { account, wanted } of wish.rooms) {
        if ('room' in wanted) await this.#refuseTaken(tx, wish.key, account, [wanted.room]);
      }
      const after = directions(wish, live);
      const given = speakers(wish, live);
      if (!canFlow([...after.stay.values(), ...after.come].map((direction) => ({ direction })))) {
        throw new LinkRefused('Nothing would flow: no room speaks while another listens. Let one of them be both.');
      }
      const options = { ...defaultLinkOptions, ...stored?.options, ...wish.mirror };
      const link = await this.repository.put(tx, wish.key, options, begins ? 'becomes active' : 'stays');
      for (const [portal, direction] of after.stay) await this.repository.turn(tx, portal, direction);
      for (const [portal, speaker] of given) await this.repository.give(tx, portal, speaker);
      for (const room of wish.rooms.filter((each) => !find(live, each))) {
        const { account, wanted, direction = 'both', speaker = 'auto' } = room;
        await declarePortal(tx, link, { account, wanted, direction, speaker });
      }
      return { link: begins ? 'made' : 'changed', state: !begins && stored?.state === 'paused' ? 'paused' : 'active' };
    });
  }

  /** Ends a link, or takes one room out of it. What is known of its messages stays. Throws LinkRefused. */
  async unlink(key: string, which: RoomChoice | 'all'): Promise<Change> {
    return this.#change(key, async (tx, stored) => {
      const link = await this.#existing(tx, key, stored);
      this.#refuseSettings(key, link);
      const live = present(link);
      if (which === 'all') {
        await this.repository.release(tx, live);
        await this.repository.end(tx, link.id);
        return link.state === 'removed' ? 'was so' : 'changed';
      }
      const leaving = chosen(link, which);
      if (live.length < 3) {
        throw new LinkRefused(
          `The link ${key} has no other two rooms: put another one in first, or end it by \`crosstalk unlink ${key}\`.`,
        );
      }
      await this.repository.release(tx, [leaving]);
      return 'changed';
    });
  }

  /** Brings back a link that was ended, or that left the settings, with the rooms that it had last. Throws LinkRefused. */
  async relink(key: string): Promise<Change> {
    return this.#change(key, async (tx, stored) => {
      const link = await this.#existing(tx, key, stored);
      this.#refuseSettings(key, link);
      if (present(link).length > 0) return 'was so';
      const last = lastRooms(link);
      this.#refuseAccounts(last);
      for (const { account, room, wanted } of last) {
        const names = [room, 'room' in wanted ? wanted.room : null].filter((name) => name !== null);
        await this.#refuseTaken(tx, key, account, names);
      }
      await this.repository.bringBack(tx, link.id, last);
      return 'changed';
    });
  }

  /** From now on nothing is read or queued for the link; what is queued waits. Throws LinkRefused. */
  async pause(key: string): Promise<Change> {
    return this.#change(key, async (tx, stored) => {
      const link = refuseEnded(await this.#existing(tx, key, stored));
      if (link.state === 'paused') return 'was so';
      await this.repository.pause(tx, link.id);
      return 'changed';
    });
  }

  /** Goes on from now, or where it stopped. Throws LinkRefused. */
  async resume(key: string, from: 'now' | 'where it stopped'): Promise<Change> {
    return this.#change(key, async (tx, stored) => {
      const link = refuseEnded(await this.#existing(tx, key, stored));
      if (link.state === 'active') return 'was so';
      if (from === 'now') await this.repository.resumeFromNow(tx, link.id);
      else await this.repository.resumeWhereItStopped(tx, link.id);
      return 'changed';
    });
  }

  #change<T>(key: string, work: (tx: Transaction, stored: StoredLink | undefined) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await lockLinks(tx);
      const result = await work(tx, await this.repository.find(tx, key));
      await tellOfLinks(tx);
      return result;
    });
  }

  async #existing(tx: Transaction, key: string, stored: StoredLink | undefined): Promise<StoredLink> {
    if (stored !== undefined) return stored;
    throw new NoSuchLink(noSuch('link', key, await this.repository.keys(tx)));
  }

  #refuseSettings(key: string, stored: StoredLink | undefined): void {
    if (this.options.settled.some(({ id }) => id === key)) {
      throw new LinkRefused(
        `The link ${key} belongs to the settings: change it under links.${key} in ${this.options.settingsPlace}. ` +
          'Here it can be paused and resumed.',
      );
    }
    if (stored?.owner !== 'settings') return;
    throw new LinkRefused(
      `The link ${key} belongs to settings that a service still runs with, though it is not in ${this.options.settingsPlace}: ` +
        'start the service anew, then it can be changed here.',
    );
  }

  #refuseAccounts(rooms: readonly { readonly account: AccountId }[]): void {
    const names = [...this.options.accounts];
    for (const { account } of rooms) {
      if (!this.options.accounts.has(account)) throw new LinkRefused(noSuch('account', account, names));
    }
  }

  async #refuseTaken(tx: Transaction, key: string, account: AccountId, names: readonly string[]): Promise<void> {
    const settled = this.options.settled.find(
      ({ id, rooms }) =>
        id !== key &&
        rooms.some((room) => room.account === account && 'room' in room.wanted && names.includes(room.wanted.room)),
    );
    const holder = settled?.id ?? (await this.repository.holderOf(tx, key, account, names));
    if (holder === undefined) return;
    throw new LinkRefused(
      `The room ${names[0] ?? ''} of ${account} is in the link ${holder} already. A room is in one link at most: ` +
        `add the other rooms to ${holder}, or take it out there first.`,
    );
  }
}

const mostQuoted = 64;

function refuseName(key: string): void {
  if (keyPattern.test(key)) return;
  const quoted = key.length > mostQuoted ? `${key.slice(0, mostQuoted).toWellFormed()}…` : key;
  throw new LinkRefused(`"${quoted}" cannot be the name of a link. ${keyRule}`);
}

function present({ portals }: Pick<StoredLink, 'portals'>): StoredPortal[] {
  return portals.filter(({ removedAt }) => removedAt === null);
}

/** The rooms that a link without rooms had until the last ones left it, all at once. */
function lastRooms({ portals }: StoredLink): StoredPortal[] {
  const last = portals
    .map(({ removedAt }) => removedAt ?? '')
    .sort()
    .at(-1);
  return portals.filter(({ removedAt }) => removedAt === last);
}

function refuseEnded(link: StoredLink): StoredLink {
  if (present(link).length > 0) return link;
  throw new LinkRefused(
    `The link ${link.key} ${link.state === 'removed' ? 'was ended' : 'left the settings'} and has no rooms: ` +
      `\`crosstalk relink ${link.key}\` brings it back.`,
  );
}

function tooFewRooms(key: string, stored: StoredLink | undefined): string {
  const back = stored === undefined ? '' : ` \`crosstalk relink ${key}\` brings back those that it had.`;
  return `A link needs at least two rooms.${back}`;
}

/** The room of the link that is meant by the same words, if it is in it. */
function find(live: readonly StoredPortal[], { account, wanted }: WishedRoom): StoredPortal | undefined {
  return live.find(
    (portal) =>
      portal.account === account &&
      (sameWanted(portal.wanted, wanted) || ('room' in wanted && portal.room === wanted.room)),
  );
}

function refuseTwice(rooms: readonly WishedRoom[], live: readonly StoredPortal[]): void {
  for (const [at, { account, wanted }] of rooms.entries()) {
    const before = rooms.slice(0, at).filter((room) => room.account === account);
    if (before.some((room) => sameWanted(room.wanted, wanted)))
      throw new LinkRefused(`The room ${nameOf(wanted)} of ${account} is named twice.`);
    if ('room' in wanted) continue;
    const made = [...before, ...live.filter((portal) => portal.account === account)].find(
      (room) => 'create' in room.wanted && !sameWanted(room.wanted, wanted),
    );
    if (made === undefined) continue;
    throw new LinkRefused(`One room is made on ${account} for a link, and that is ${nameOf(made.wanted)}.`);
  }
}

function chosen(link: Pick<StoredLink, 'key' | 'portals'>, { account, room }: RoomChoice): StoredPortal {
  const ofAccount = present(link).filter((portal) => portal.account === account);
  const fitting = ofAccount.filter(
    (portal) => room === undefined || portal.room === room || ('room' in portal.wanted && portal.wanted.room === room),
  );
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const names = ofAccount.map((portal) => `${account}=${portal.room ?? nameOf(portal.wanted)}`).join(', ');
  throw new LinkRefused(
    ofAccount.length === 0
      ? `The link ${link.key} has no room of ${account}.`
      : `Which room of ${account} in the link ${link.key}? It has ${names}.`,
  );
}

/** The directions of a link's rooms as they will be: of those that it has, by portal, and of those that come. */
function directions(
  { key, rooms, turns }: LinkWish,
  live: readonly StoredPortal[],
): {
  readonly stay: ReadonlyMap<string, StoredPortal['direction']>;
  readonly come: readonly StoredPortal['direction'][];
} {
  const stay = new Map(live.map(({ id, direction }) => [id, direction]));
  const come: StoredPortal['direction'][] = [];
  for (const room of rooms) {
    const known = find(live, room);
    if (known === undefined) come.push(room.direction ?? 'both');
    else if (room.direction !== undefined) stay.set(known.id, room.direction);
  }
  for (const { direction, ...choice } of turns) {
    if (live.length === 0) throw new LinkRefused(`${choice.account} has no room among those of the new link ${key}.`);
    stay.set(chosen({ key, portals: live }, choice).id, direction);
  }
  return { stay, come };
}

/** Who is to speak in rooms that the link has, by portal. */
function speakers(
  { key, rooms, speakers: given = [] }: LinkWish,
  live: readonly StoredPortal[],
): Map<string, SpeakerWish> {
  const stay = new Map<string, SpeakerWish>();
  for (const room of rooms) {
    const known = find(live, room);
    if (known !== undefined && room.speaker !== undefined) stay.set(known.id, room.speaker);
  }
  for (const { speaker, ...choice } of given) {
    if (live.length === 0) throw new LinkRefused(`${choice.account} has no room among those of the new link ${key}.`);
    stay.set(chosen({ key, portals: live }, choice).id, speaker);
  }
  return stay;
}
