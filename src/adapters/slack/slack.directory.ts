import type { Clock } from '../../model/clock.js';
import { Abandoned, BridgeError } from '../../model/errors.js';
import type { AccountId } from '../../model/ids.js';
import type { Log } from '../../model/network-definition.js';
import { cleanName } from '../../formatting/names.js';
import type { PeopleApi, SlackUser } from './api/people.api.js';
import { isPersonId } from './slack.ids.js';
import { BoundedMap } from '../../model/bounded-map.js';
import { patiently, within } from './slack.patience.js';
import type { KnownUser } from './slack.payloads.js';

export interface DirectoryParts {
  readonly account: AccountId;
  readonly people: Pick<PeopleApi, 'user' | 'bot' | 'users'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How long what was told is believed. */
  readonly maxAgeMs: number;
  /** How long one look-up may take. */
  readonly timeoutMs: number;
}

export interface Person extends KnownUser {
  readonly handle?: string;
  readonly picture?: { readonly version: string; readonly address: string };
}

interface Known {
  /** Undefined where Slack says that there is nobody. */
  readonly value: Person | undefined;
  readonly untilMs: number;
}

const mostKnown = 10_000;
/** Fewer than are known at most: who speaks is not forgotten for those who do not. */
const mostListedPages = 40;
/** What could not be had is not asked for again at once: a busy channel would ask with every message. */
const unknownForMs = 60_000;
/** So many are asked for one by one in a minute, a third of what Slack allows; where more are met, the list tells 200 with each call. */
const askedInAMinute = 30;
const minuteMs = 60_000;
/** Until nobody knows who it is, an event waits for so many look-ups' time. */
const patienceInLookUps = 20;
/** The list is not read anew before: in a crowd of strangers it would tell nothing, again and again. */
const listedForMs = 600_000;
const slackbot = 'USLACKBOT';
const pictureChars = 60;

/**
 * Who is who. What the list of the workspace tells is read in the background; who is not in it (guests of shared channels, those
 * of a very large workspace) is asked for when met. Events keep it fresh, to one replica each: so what was told long ago is asked
 * again, and used for as long as it cannot be.
 */
export class SlackDirectory {
  readonly #known = new BoundedMap<string, Known>(mostKnown);
  readonly #asked = new Map<string, Promise<Person | undefined>>();
  /** When somebody was asked for by himself, in the last minute. */
  #calls: number[] = [];
  #life: AbortSignal | undefined;
  /** Resolves when the page of the list that is being read has come, or the list is over. */
  #page: Promise<void> | undefined;
  #listAgainMs = -Infinity;
  #hasListFailed = false;
  /** Where somebody was waited for in vain, others are not until then. */
  #hastyUntilMs = -Infinity;

  constructor(private readonly parts: DirectoryParts) {}

  /** Reads the list of the workspace; what is asked from now on ends with `signal`. */
  async fill(signal: AbortSignal): Promise<void> {
    this.#life = signal;
    await this.#list(signal);
  }

  know(user: SlackUser): Person {
    const person = personOf(user);
    this.#known.set(user.id, { value: person, untilMs: this.#nowMs() + this.parts.maxAgeMs });
    return person;
  }

  /** Undefined where there is nobody. Waits over pauses; throws a BridgeError where it was in vain. */
  async find(id: string, signal: AbortSignal): Promise<Person | undefined> {
    if (id === slackbot) return { name: 'Slackbot', isBot: true };
    const fresh = this.#freshOf(id);
    if (fresh !== undefined) return fresh.value;
    const aged = this.#known.get(id)?.value;
    const life = this.#life?.aborted === false ? this.#life : signal;
    const asked = this.#asked.get(id) ?? this.#lookUp(id, aged, life).finally(() => this.#asked.delete(id));
    this.#asked.set(id, asked);
    const { clock } = this.parts;
    const told = await within(asked, this.#patienceMs * 2, clock, signal);
    if (told === 'late') throw new Abandoned('gave up waiting for a name', { certainty: 'notSent' });
    return told;
  }

  async #lookUp(id: string, aged: Person | undefined, signal: AbortSignal): Promise<Person | undefined> {
    try {
      const person = aged === undefined ? await this.#askPatiently(id, signal) : await this.#askAgain(id, signal);
      this.#known.set(id, { value: person ?? aged, untilMs: this.#nowMs() + this.#beliefMs(person) });
      return person ?? aged;
    } catch (error) {
      if (!(error instanceof BridgeError) || aged === undefined) throw error;
      const learned = this.#freshOf(id);
      if (learned === undefined) this.#known.set(id, { value: aged, untilMs: this.#nowMs() + unknownForMs });
      return learned?.value ?? aged;
    }
  }

  /** Undefined where whom we knew is to be used on: many are asked for, and the list will tell. */
  async #askAgain(id: string, signal: AbortSignal): Promise<Person | undefined> {
    if (!this.#isCrowded() || this.#life === undefined) return this.#ask(id, signal);
    void this.#list(this.#life);
    return undefined;
  }

  async #askPatiently(id: string, signal: AbortSignal): Promise<Person | undefined> {
    const { clock, timeoutMs } = this.parts;
    const untilMs = this.#nowMs() < this.#hastyUntilMs ? this.#nowMs() : this.#nowMs() + this.#patienceMs;
    for (;;) {
      if (this.#isCrowded()) {
        const listed = await this.#inList(id, untilMs, signal);
        if (listed !== undefined) return listed;
        if (this.#hasListFailed && this.#nowMs() < untilMs && !signal.aborted) {
          await clock.sleep(Math.min(timeoutMs, untilMs - this.#nowMs()), signal);
          continue;
        }
      }
      try {
        const person = await this.#ask(id, signal);
        this.#hastyUntilMs = -Infinity;
        return person;
      } catch (error) {
        if (!(error instanceof BridgeError) || signal.aborted) throw error;
        const listed = await this.#inList(id, untilMs, signal);
        if (listed !== undefined) return listed;
        const leftMs = untilMs - this.#nowMs();
        if (leftMs <= 0) {
          this.#hastyUntilMs = this.#nowMs() + unknownForMs;
          throw error;
        }
        // While a pause lasts nothing goes out, and the list may be had sooner.
        await clock.sleep(Math.min(leftMs, timeoutMs), signal);
      }
    }
  }

  async #ask(id: string, signal: AbortSignal): Promise<Person | undefined> {
    const { people, timeoutMs } = this.parts;
    const asking = { signal, timeoutMs };
    if (!isPersonId(id)) {
      const bot = await people.bot(id, asking);
      return bot === undefined ? undefined : { name: cleanName(bot.name), isBot: true };
    }
    this.#calls.push(this.#nowMs());
    const user = await people.user(id, asking);
    return user === undefined ? undefined : personOf(user);
  }

  #isCrowded(): boolean {
    const sinceMs = this.#nowMs() - minuteMs;
    this.#calls = this.#calls.filter((atMs) => atMs > sinceMs);
    return this.#calls.length >= askedInAMinute;
  }

  /** Waits until the list has come to whom it is about, or is over. */
  async #inList(id: string, untilMs: number, signal: AbortSignal): Promise<Person | undefined> {
    const life = this.#life;
    if (!isPersonId(id) || life === undefined) return undefined;
    void this.#list(life);
    for (;;) {
      const known = this.#known.get(id)?.value;
      const leftMs = untilMs - this.#nowMs();
      if (known !== undefined || this.#page === undefined || leftMs <= 0 || signal.aborted) return known;
      await within(this.#page, leftMs, this.parts.clock, signal);
    }
  }

  /** One at a time, and not again before what it told is old. Does not throw. */
  async #list(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#page !== undefined || this.#listAgainMs > this.#nowMs()) return;
    const { account, people, clock, log, maxAgeMs, timeoutMs } = this.parts;
    let againAfterMs = Math.min(maxAgeMs, listedForMs);
    let cursor: string | undefined;
    try {
      for (let pages = 0; pages < mostListedPages; pages += 1) {
        const page = patiently(() => people.users(cursor, { signal }), clock, signal);
        this.#page = page.then(
          ({ items }) => {
            for (const user of items) this.know(user);
          },
          () => undefined,
        );
        await this.#page;
        cursor = (await page).next;
        if (cursor === undefined) break;
      }
      this.#hasListFailed = false;
    } catch (error) {
      this.#hasListFailed = true;
      againAfterMs = timeoutMs;
      // Nobody waits for this alone: what is no failure of Slack is told aloud.
      const level = error instanceof BridgeError ? 'debug' : 'error';
      log[level]({ account, error }, 'the list of people cannot be read now');
    } finally {
      this.#page = undefined;
      this.#listAgainMs = this.#nowMs() + againAfterMs;
    }
  }

  #freshOf(id: string): Known | undefined {
    const known = this.#known.get(id);
    return known !== undefined && known.untilMs > this.#nowMs() ? known : undefined;
  }

  #beliefMs(person: Person | undefined): number {
    return person === undefined ? unknownForMs : this.parts.maxAgeMs;
  }

  get #patienceMs(): number {
    return this.parts.timeoutMs * patienceInLookUps;
  }

  #nowMs(): number {
    return this.parts.clock.monotonicMs();
  }
}

/** People are shown by the name that they chose, else by their own; deactivated ones keep theirs. */
function personOf({ id, name, real_name: realName, is_bot: isBot, profile = {} }: SlackUser): Person {
  const names = [profile.display_name, profile.real_name, realName, name];
  const shown = names.find((each) => each !== undefined && each.trim() !== '') ?? id;
  const address = profile.image_original ?? profile.image_512 ?? profile.image_192;
  // Slack draws a picture for whoever has none, and marks it with a g.
  const isOwn = profile.is_custom_image === true || (profile.avatar_hash?.startsWith('g') === false && isBot !== true);
  const picture =
    isOwn && address !== undefined ? { version: versionOf(profile.avatar_hash, address), address } : undefined;
  return {
    name: cleanName(shown),
    ...(isBot === true ? { isBot: true } : {}),
    ...(name === undefined ? {} : { handle: name }),
    ...(picture === undefined ? {} : { picture }),
  };
}

function versionOf(hash: string | undefined, address: string): string {
  return hash ?? Buffer.from(address).toString('base64url').slice(-pictureChars);
}
