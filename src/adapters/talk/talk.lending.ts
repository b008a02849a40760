import type { AccountId, RemoteId, RoomId, UserId } from '../../model/ids.js';
import type { AskedLogin, GivenBack, Lender, Lending } from '../../model/lending.js';
import type { AdapterContext } from '../../model/network-definition.js';
import type { TalkClient } from './talk.client.js';
import { givenBack } from './talk.given-back.js';
import { LendersReading } from './talk.lenders-reading.js';
import type { LentLogin, LentLogins } from './talk.lent-logins.js';
import { dropped, LoginFlows, takenBackAt } from './talk.login-flows.js';
import type { OwnActs } from './talk.own-acts.js';
import { OwnSpeakers, type OwnSpeakerParts } from './talk.own-speakers.js';
import type { RoomPeople } from './talk.room-people.js';
import type { RoomViews } from './talk.room-views.js';
import type { TalkSettings } from './talk.settings.js';
import { together } from './talk.together.js';

export interface LendingParts
  extends
    Pick<
      AdapterContext<TalkSettings>,
      'account' | 'settings' | 'store' | 'clock' | 'log' | 'lendingChanged' | 'isLinked' | 'wasRead' | 'showsRead'
    >,
    Pick<OwnSpeakerParts, 'folders'> {
  readonly client: TalkClient;
  readonly logins: LentLogins;
  readonly acts: OwnActs;
  readonly people: RoomPeople;
  readonly rooms: RoomViews;
  /** The id of the account's own user. */
  self(): string;
}

/** Logins of the server that people of other networks lend, and those who speak by them. */
export class TalkLending implements Lending {
  readonly speakers: OwnSpeakers;
  readonly #flows: LoginFlows;
  readonly #reading: LendersReading;

  constructor(private readonly parts: LendingParts) {
    const { lendingChanged } = parts;
    this.#flows = new LoginFlows({ ...parts, tell: (lender, news) => lendingChanged(lender, news) });
    const onRevoked = (login: LentLogin): Promise<void> => this.#lose(login);
    this.speakers = new OwnSpeakers({ ...parts, onRevoked });
    this.#reading = new LendersReading({ ...parts, asReader: (login, ask) => this.speakers.asReader(login, ask) });
  }

  ask(lender: Lender, signal: AbortSignal): Promise<AskedLogin | 'busy' | 'allowed'> {
    return this.#flows.begin(lender, signal);
  }

  async giveBack(lender: Lender, signal: AbortSignal): Promise<GivenBack> {
    const { client, logins, log } = this.parts;
    const asked = await this.#flows.end(lender);
    const unfinished = asked?.granted;
    const was = unfinished === undefined ? undefined : await dropped(client, unfinished, signal);
    const given = await givenBack(client, logins, lender, signal);
    if (given === undefined && unfinished !== undefined && was === 'untold') {
      return { was, as: unfinished.loginName, takenBackAt };
    }
    if (given === undefined) return asked === undefined ? { was: 'nothing' } : { was: 'asked', takenBackAt };
    log.info({ lender: lender.account, was: given.was }, 'a login that was lent is given back');
    return given;
  }

  async lentBy(lender: Lender): Promise<string | undefined> {
    return (await this.parts.logins.of(lender))?.name;
  }

  async markRead(room: RoomId, lender: Lender, message: RemoteId, signal: AbortSignal): Promise<void> {
    if (this.parts.settings.ownReadMarkers) await this.speakers.markRead(room, lender, Number(message), signal);
  }

  speaksIn(room: RoomId, lender: Lender): Promise<boolean> {
    return this.speakers.speaksIn(room, lender);
  }

  personOn(account: AccountId, user: Lender): UserId | undefined {
    return this.parts.logins.personOn(account, this.parts.account, user);
  }

  /** Something was said in a room. */
  noticeNew(room: RoomId, row: number, seconds: number): void {
    if (this.parts.settings.ownReadMarkers) this.#reading.noticeNew(room, row, seconds);
  }

  /** Sees to those who were asked for a login, and to what those have read who lend one, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await together([(both) => this.#flows.run(both), (both) => this.#reading.run(both)], signal);
  }

  async #lose({ owner, name }: LentLogin): Promise<void> {
    const { logins, log, lendingChanged } = this.parts;
    await logins.end(owner);
    const left = await logins.leftOf(owner);
    // The server knows.
    if (left !== undefined) await logins.forgetSecret(left);
    log.info({ lender: owner.account }, 'a login that was lent was taken back on the server');
    await lendingChanged(owner, { of: 'revoked', as: name });
  }
}
