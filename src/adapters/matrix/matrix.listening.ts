import { fromMarkdown } from '../../formatting/markdown.js';
import { roomId } from '../../model/ids.js';
import type { Ingest } from '../../model/network-adapter.js';
import type { AdapterContext } from '../../model/network-definition.js';
import type { AccountApi } from './api/account.api.js';
import type { EventsApi } from './api/events.api.js';
import type { RoomsApi } from './api/rooms.api.js';
import { CallMembers } from './matrix.call-members.js';
import { MatrixCommands } from './matrix.commands.js';
import { MatrixDirects, type Saying } from './matrix.directs.js';
import { EditedMessages } from './matrix.edited-messages.js';
import { TransactionGaps } from './matrix.gaps.js';
import type { MatrixGhosts } from './matrix.ghosts.js';
import type { OurUsers } from './matrix.ids.js';
import { MatrixInvitations } from './matrix.invitations.js';
import { LivePlaces } from './matrix.live-places.js';
import type { MatrixLookups } from './matrix.lookups.js';
import { type MatrixEvent, readMember } from './matrix.payloads.js';
import { pingUntilHeard } from './matrix.ping.js';
import type { MatrixPresence } from './matrix.presence.js';
import { MatrixReceipts } from './matrix.receipts.js';
import { registrationId } from './matrix.registration.js';
import type { MatrixSettings } from './matrix.settings.js';
import { MatrixSource } from './matrix.source.js';
import { MatrixStatuses } from './matrix.statuses.js';
import { MatrixTyping } from './matrix.typing.js';
import { toMatrix } from './to-matrix.js';

const restartAfterMs = 1000;

export interface ListeningParts {
  readonly context: AdapterContext<MatrixSettings>;
  readonly users: OurUsers;
  readonly account: AccountApi;
  readonly events: EventsApi;
  readonly rooms: RoomsApi;
  readonly lookups: MatrixLookups;
  readonly ghosts: MatrixGhosts;
  readonly presence: MatrixPresence;
  isLinked(room: string): boolean;
  /** Lets connections go. */
  rest(): Promise<unknown>;
}

/** What the homeserver tells, and what is done with it at once. */
export class MatrixListening {
  readonly source: MatrixSource;
  readonly typing: MatrixTyping;
  readonly statuses: MatrixStatuses;
  readonly directs: MatrixDirects;
  readonly #commands: MatrixCommands;
  readonly #edited: EditedMessages;
  readonly #invitations: MatrixInvitations;
  readonly #live: LivePlaces;
  /** What runs beside; it ends without throwing. */
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly parts: ListeningParts) {
    const { context, users, account, rooms, lookups, ghosts, isLinked } = parts;
    const { settings, clock, log, store, account: id } = context;
    const { command, operators, hsToken, inviteRetryMs: retryMs, requestTimeoutMs: answerWithinMs } = settings;
    const isKnownGhost = (user: string): Promise<boolean> => ghosts.isKnown(user);
    const say = this.#say.bind(this);
    const directs = (this.directs = new MatrixDirects({ users, rooms, store, say }));
    const run: typeof context.command = (call) => context.command(call);
    const commanding = { users, directs, command, operators, log, answerWithinMs, isLinked, run, say };
    this.#commands = new MatrixCommands(commanding);
    this.#invitations = new MatrixInvitations({ users, rooms, clock, log, retryMs, isLinked });
    const tellTyping: typeof context.typing = (changed) => context.typing(changed);
    this.typing = new MatrixTyping({ id, users, rooms, clock, isLinked, tell: tellTyping });
    const tellPresence: typeof context.presence = (changed) => context.presence(changed);
    this.statuses = new MatrixStatuses({ id, users, account, clock, log, isKnownGhost, tell: tellPresence });
    const receipts = new MatrixReceipts({ id, users, isLinked, tell: (upTo) => context.wasRead(upTo) });
    this.#edited = new EditedMessages(store, clock);
    this.#live = new LivePlaces({ store, clock, everyMs: settings.liveLocationMs });
    this.source = new MatrixSource({
      hsToken,
      users,
      lookups,
      edited: this.#edited,
      live: this.#live,
      calls: new CallMembers(store),
      gaps: new TransactionGaps(store, clock, log),
      clock,
      log,
      isLinked,
      isKnownGhost,
      onStored: (event) => this.#onStored(event),
      onEphemeral: (values) => {
        if (settings.typing) this.typing.hear(values);
        if (settings.presence) this.statuses.hear(values);
        receipts.hear(values);
      },
    });
  }

  /** Called again after an abort it begins anew. */
  start(ingest: Ingest, signal: AbortSignal): void {
    const { context, account } = this.parts;
    const { clock, log, settings } = context;
    this.source.open(ingest, signal);
    const ping = {
      account,
      clock,
      log,
      registrationId: registrationId(context.account),
      url: settings.url,
      retryMs: settings.pingRetryMs,
      wasHeard: (transaction: string) => this.source.lastPing === transaction,
    };
    this.#run('ping', (until) => pingUntilHeard(ping, until), signal);
    this.#run('invitations', (until) => this.#invitations.run(until), signal);
    this.#run('edited messages', (until) => this.#edited.keepClean(until), signal);
    this.#run('live locations', (until) => this.#live.run(ingest, until), signal);
    if (settings.presence) this.#run('presence', (until) => this.statuses.run(until), signal);
    this.#run('connections', (until) => this.#rest(until), signal);
  }

  async #onStored(event: MatrixEvent): Promise<void> {
    const { context, users, ghosts, presence, isLinked } = this.parts;
    this.#invitations.note(event);
    this.#commands.note(event);
    if (context.settings.presence && isLinked(event.room_id)) {
      this.statuses.noteActivity(event.sender, roomId(event.room_id));
    }
    await presence.note(event);
    if (event.type !== 'm.room.member' || event.state_key === undefined) return;
    if (!users.isGhost(event.state_key)) return;
    const { membership } = readMember(event.content);
    // Its own invitation, told after it was accepted, is no news of a ghost that is in.
    if (membership !== 'leave' && membership !== 'ban') return;
    await ghosts.forget(event.room_id, event.state_key);
  }

  /** What our own user answers. */
  async #say(room: string, text: string, { style, key, signal }: Saying): Promise<'said' | 'forbidden'> {
    const { context, users, events } = this.parts;
    const self = { account: context.account, users };
    const [words] = toMatrix({ body: fromMarkdown(text), style: 'notice' }, self, { voice: { as: 'bridge' } });
    const content = { ...words, msgtype: `m.${style}` };
    const said = await events.send(room, 'm.room.message', content, { user: users.bot, key, signal });
    return said === 'forbidden' ? said : 'said';
  }

  #run(name: string, loop: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): void {
    const running = this.#keep(name, loop, signal).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** A loop that throws is told of and begun again. */
  async #keep(name: string, loop: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { account, clock, log } = this.parts.context;
    while (!signal.aborted) {
      try {
        await loop(signal);
        return;
      } catch (error) {
        log.error({ account, loop: name, error }, 'a loop failed and is begun again');
        await clock.sleep(restartAfterMs, signal);
      }
    }
  }

  /** When we stop, connections are let go. */
  async #rest(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await this.parts.rest();
  }
}
