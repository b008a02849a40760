import type { AccountId, UserId } from '../model/ids.js';
import type { Lender, Lending, LendingNews, LoginUse } from '../model/lending.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import type { CommandAnswer } from '../model/room-command.js';

/** What people are told of a login beside that it speaks. */
const saidOf: Readonly<Record<LoginUse, string>> = {
  files:
    'Files that you send here go into your own files there, and are shown from there; those that you delete here are deleted there.',
  presence: 'It shows there that you are online or away while you are that here.',
  reading:
    'What you have read here it has read there, and what you have read there is read here, as far as the two networks let it.',
};

export interface OwnLoginParts {
  readonly adapters: ReadonlyMap<AccountId, NetworkAdapter>;
  readonly log: Log;
  /** How long a network may take to answer. */
  readonly timeoutMs: number;
  /** What people call the network of an account: `Talk`. */
  label(account: AccountId): string;
}

/** Somebody asks, from inside a room. */
export interface LoginWish {
  readonly lender: Lender;
  /** The accounts of the rooms that this one is linked with; of no linked room: empty. */
  readonly linked: readonly AccountId[];
  /** The account whose network is meant, where that was said. */
  readonly account: string | undefined;
  readonly prefix: string;
}

interface Place {
  readonly account: AccountId;
  readonly lending: Lending;
}

/** Logins of their own that people lend, to speak elsewhere as who they are: what is asked of them in chat, and what they are told. */
export class OwnLogins {
  constructor(private readonly parts: OwnLoginParts) {}

  async login(wish: LoginWish): Promise<CommandAnswer> {
    const { lender, prefix } = wish;
    const places = this.#places(wish);
    const [place, ...others] = places;
    if (place === undefined) return privately('There is no account here that you could lend a login to.');
    if (others.length > 0) {
      const choices = places.map(({ account }) => `\`${prefix} login ${account}\` (${this.parts.label(account)})`);
      return privately(`Say which login you mean:\n${choices.map((choice) => `• ${choice}`).join('\n')}`);
    }
    const { account, lending } = place;
    const label = this.parts.label(account);
    const as = await lending.lentBy(lender);
    if (as !== undefined) {
      return privately(`In ${label} you speak as ${as} already. \`${prefix} logout\` takes that back.`);
    }
    const asked = await lending.ask(lender, this.#inTime());
    if (asked === 'allowed') {
      return privately(
        `You allowed a login to ${label} already: you are told as soon as ${label} says whose it is. \`${prefix} logout\` takes it back.`,
      );
    }
    if (asked === 'busy') return privately('Too many people log in just now: try again in a few minutes.');
    const beside = asked.uses.map((use) => ` ${saidOf[use]}`).join('');
    return privately(
      [
        `Open this address within ${withinOf(asked.forMs)}, and allow it there if you asked for it yourself: ${asked.address}`,
        `From then on you speak in ${label} as yourself: in linked rooms where your user there may write, it says, edits, deletes and reacts with what you say, edit, delete and react with here.${beside} Crosstalk does nothing else with it.`,
        `\`${prefix} logout\` takes it back at any time; so can you ${asked.takenBackAt}.`,
      ].join('\n'),
    );
  }

  async logout(wish: LoginWish): Promise<CommandAnswer> {
    const said: string[] = [];
    for (const { account, lending } of this.#places({ ...wish, linked: [] })) {
      const given = await lending.giveBack(wish.lender, this.#inTime());
      const label = this.parts.label(account);
      switch (given.was) {
        case 'nothing':
          break;
        case 'asked':
          said.push(
            `The login to ${label} that you were asked for is forgotten. If you allow it all the same, please take it back there, ${given.takenBackAt}.`,
          );
          break;
        case 'lent':
          said.push(`You no longer speak in ${label} as ${given.as}: your login is deleted, here and there.`);
          break;
        case 'untold':
          said.push(
            `You no longer speak in ${label} as ${given.as}: your login is deleted here. ${label} could not be told: please take it back there too, ${given.takenBackAt}.`,
          );
          break;
      }
    }
    return privately(said.length === 0 ? 'You have lent no login of yours.' : said.join('\n'));
  }

  /** Tells somebody what became of a login. Never rejects. */
  async told(account: AccountId, lender: Lender, news: LendingNews): Promise<void> {
    const { adapters, log } = this.parts;
    const adapter = adapters.get(lender.account);
    log.info({ account, lender: lender.account, news: news.of }, 'what became of a login that is lent');
    const text = sentenceOf(news, this.parts.label(account), adapter?.commandPrefix ?? '');
    try {
      await adapter?.whisper?.(lender.id, text, this.#inTime());
    } catch (error) {
      log.warn({ account, lender: lender.account, error }, 'somebody could not be told of their login');
    }
  }

  /** The person's id on another account, as somebody's login proved. */
  personOn(account: AccountId, user: Lender): UserId | undefined {
    for (const { lending } of this.parts.adapters.values()) {
      const id = lending?.personOn(account, user);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  /** Where the login may be for: the one that was named, else those that the room is linked with, else all. */
  #places({ lender, linked, account: named }: LoginWish): readonly Place[] {
    const all = [...this.parts.adapters].flatMap(([account, { lending }]) =>
      lending === undefined || account === lender.account ? [] : [{ account, lending }],
    );
    if (named !== undefined) return all.filter(({ account }) => account === named);
    const here = all.filter(({ account }) => linked.includes(account));
    return here.length === 0 ? all : here;
  }

  #inTime(): AbortSignal {
    return AbortSignal.timeout(this.parts.timeoutMs);
  }
}

/** Never later than it is; of less than a minute, seconds. */
function withinOf(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes > 0) return minutes === 1 ? '1 minute' : `${String(minutes)} minutes`;
  const seconds = Math.max(1, Math.floor(ms / 1000));
  return seconds === 1 ? '1 second' : `${String(seconds)} seconds`;
}

const privately = (says: string): CommandAnswer => ({ says, to: 'person' });

function sentenceOf(news: LendingNews, label: string, prefix: string): string {
  switch (news.of) {
    case 'lent':
      return `In ${label} you speak as ${news.as} from now on. \`${prefix} logout\` takes that back.`;
    case 'unusable':
      return `That login to ${label} is of no use: ${news.why}. \`${prefix} login\` begins again.`;
    case 'expired':
      return `Nobody allowed the login to ${label} in time. \`${prefix} login\` begins again.`;
    case 'revoked':
      return `Your login to ${label} was taken back there: you no longer speak there as ${news.as}. \`${prefix} login\` lends it again.`;
  }
}
