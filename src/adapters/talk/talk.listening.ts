import { roomId, type Cursor, type RoomId } from '../../model/ids.js';
import type { Ingest, NetworkAdapter, PulledBatch, Pulling, Watching } from '../../model/network-adapter.js';
import type { AdapterContext, RoomStanding } from '../../model/network-definition.js';
import { BotSecrets } from './talk.bot-secrets.js';
import { TalkBots } from './talk.bots.js';
import { TalkBreakouts } from './talk.breakouts.js';
import type { TalkClient } from './talk.client.js';
import { typingPrivacy } from './talk.constants.js';
import { TalkInvitations } from './talk.invitations.js';
import { TalkPeople } from './talk.people.js';
import { PushTrust } from './talk.push-trust.js';
import { ReadMarkers } from './talk.read-markers.js';
import type { TalkSettings } from './talk.settings.js';
import { TalkSignaling } from './talk.signaling.js';
import { TalkSource, type RowNotices, type SourceAccount } from './talk.source.js';
import { TalkStandings } from './talk.standings.js';
import { TalkStatuses } from './talk.statuses.js';
import { together } from './talk.together.js';
import { TurnedOnBots } from './talk.turned-on-bots.js';
import { typingIn } from './talk.typing.js';
import { TalkVisits } from './talk.visits.js';
import { rereadAfterMs, TalkWatch } from './talk.watch.js';
import { TalkWebhooks } from './talk.webhooks.js';

/** How an account learns what happens: told by bots and by the signaling server, by its room list, and by reading. */
export class TalkListening {
  readonly pulling: Pulling;
  /** What the account's bot calls. */
  readonly webhooks: TalkWebhooks;
  readonly showTyping?: NonNullable<NetworkAdapter['showTyping']>;
  readonly #secrets: BotSecrets;
  readonly #signaling: TalkSignaling;
  readonly #breakouts: TalkBreakouts;
  readonly #people: TalkPeople;
  readonly #statuses: TalkStatuses;
  #watch: TalkWatch | undefined;

  constructor(
    private readonly client: TalkClient,
    private readonly context: AdapterContext<TalkSettings>,
    private readonly account: SourceAccount & {
      /** The room list tells that it lets us write, or no longer: perhaps sooner than a row does. */
      noticeStanding(room: RoomId): void;
      /** Something was said in a room: a row, with its time in seconds. */
      noticeNew(room: RoomId, row: number, seconds: number): void;
      /** Runs on the replica that watches the account, until `signal` aborts. */
      beside(signal: AbortSignal): Promise<void>;
    },
  ) {
    const { settings, store, clock, log, isLinked } = context;
    this.#secrets = new BotSecrets(store, clock, log);
    this.webhooks = new TalkWebhooks({ ...context, url: settings.url, secrets: this.#secrets });
    this.#signaling = this.#makeSignaling();
    if (settings.typing) this.showTyping = (room, who) => this.#showTyping(room, who.length > 0);
    this.#breakouts = new TalkBreakouts({ client, store, clock, log, self: () => account.self(), isLinked });
    this.#statuses = new TalkStatuses({ ...context, self: () => account.self() });
    this.#people = new TalkPeople({
      client,
      store,
      clock,
      log,
      membersShown: settings.membersShown,
      statuses: this.#statuses,
      self: () => account.self(),
      isOurGuest: (actor) => account.isOurGuest(actor),
    });
    this.pulling = this.#pulling();
  }

  /** What the room list has us find beside is handed on there. What bots tell is acted upon until `signal` aborts. */
  listen(ingest: Ingest, signal: AbortSignal): void {
    this.#breakouts.listen(ingest);
    this.#people.listen(ingest);
    this.webhooks.begin(signal);
  }

  async #showTyping(room: RoomId, isTyping: boolean): Promise<void> {
    if (isTyping) await this.#people.somebodyLooks(room);
    const { config } = await this.client.facts.capabilities();
    // Talk's own setting of the account, which its clients obey too.
    const isPrivate = config.chat['typing-privacy'] === typingPrivacy.private;
    this.#signaling.showTyping(room, isTyping && !isPrivate);
  }

  #makeSignaling(): TalkSignaling {
    const { account, settings, clock, log, typing } = this.context;
    const nowSeconds = (): number => Math.floor((clock.now().getTime() + this.client.skewMs) / 1000);
    return new TalkSignaling({
      visits: new TalkVisits(this.client.browser(), nowSeconds),
      facts: this.client.facts,
      settings,
      clock,
      log,
      isToldOf: (room) => this.#watch?.modeOf(room) === 'webhook',
      onTold: (room) => this.#watch?.toldBySignaling(room),
      onTyping: (room, people) => {
        if (settings.typing) typing(typingIn({ account, id: roomId(room) }, people, this.account.self()));
      },
    });
  }

  #pulling(): Pulling {
    const { client } = this;
    const { settings, store, clock, log, isLinked } = this.context;
    const roomsStand = async (news: readonly RoomStanding[]): Promise<void> => {
      for (const { room } of news) this.account.noticeStanding(room);
      await this.context.roomsStand(news);
    };
    const standings = new TalkStandings({ store, clock, roomsStand, isLinked });
    const people = this.#people;
    const notices: RowNotices = {
      began: async (room) => {
        await people.began(room);
        await this.#statuses.noticeActivity(room);
      },
      noticeRow: async (room, row) => {
        await standings.noticeRow(room, row);
        await people.noticeRow(room, row);
        await this.#statuses.noticeActivity(room);
        if (row.systemMessage === '') this.account.noticeNew(room, row.id, row.timestamp);
      },
    };
    const markers = new ReadMarkers(client, settings, clock, log);
    const source = new TalkSource(client, settings, clock, this.account, markers, notices);
    const trust = new PushTrust(settings, clock, log);
    const turnedOn = new TurnedOnBots({ client, store, log, isLinked });
    const watch = (this.#watch = new TalkWatch({
      client,
      source,
      invitations: new TalkInvitations(client, settings.invitations, clock, log),
      breakouts: this.#breakouts,
      people,
      bots: new TalkBots(client, this.#secrets, trust, turnedOn, settings, clock, log),
      standings,
      trust,
      signaling: this.#signaling,
      settings,
      clock,
      log,
      isLinked,
      noticeNew: (room, row, seconds) => this.account.noticeNew(room, row, seconds),
    }));
    return {
      pull: (room: RoomId, from: Cursor | null, how: 'wait' | 'now', signal: AbortSignal): Promise<PulledBatch> =>
        source.pull(room, from, how, signal),
      watch: (watching: Watching, signal: AbortSignal): Promise<void> =>
        together(
          [
            (both) => watch.run(watching, both),
            (both) => this.#signaling.run(watching, both),
            (both) => this.account.beside(both),
          ],
          signal,
        ),
      rereadAfterMs,
    };
  }
}
