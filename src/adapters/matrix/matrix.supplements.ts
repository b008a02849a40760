import { BridgeError } from '../../model/errors.js';
import type { Log } from '../../model/network-definition.js';
import { openIn, showsFile } from './from-matrix-text.js';
import { dialectOf, newContentIn, pollTypes } from './from-matrix-polls.js';
import type { CallMembers } from './matrix.call-members.js';
import type { EditedMessages } from './matrix.edited-messages.js';
import type { OurUsers } from './matrix.ids.js';
import type { LivePlaces } from './matrix.live-places.js';
import type { MatrixLookups } from './matrix.lookups.js';
import { type MatrixEvent, readFile, readRedaction, readRelation, type StoredEvent } from './matrix.payloads.js';

export interface SupplementParts {
  readonly users: OurUsers;
  readonly lookups: MatrixLookups;
  readonly edited: EditedMessages;
  readonly live: LivePlaces;
  readonly calls: CallMembers;
  readonly log: Log;
  /** Whether anything of the room is of interest: of other rooms nothing is looked up. */
  isLinked(room: string): boolean;
}

/** How often a transaction is refused because the homeserver itself does not answer a look-up. */
const maxPatience = 3;

/** What an event leaves open, found out before it is stored: later it may be told no more. */
export class EventSupplements {
  readonly #patience = new Map<string, number>();

  constructor(private readonly parts: SupplementParts) {}

  /** It does not come again. */
  wasStored(event: MatrixEvent): void {
    this.#patience.delete(event.event_id);
  }

  /** Throws BridgeErrors where the homeserver does not tell it: its transaction is to come again. */
  async find(event: MatrixEvent, signal: AbortSignal): Promise<Omit<StoredEvent, 'event' | 'order'>> {
    const { lookups, users } = this.parts;
    const { content, room_id: room, sender } = event;
    lookups.note(event);
    if (!this.parts.isLinked(room)) return { senderName: '' };
    lookups.noteWords(event);
    if (users.isOurs(sender)) return { senderName: '' };
    const senderName = await lookups.nameOf(room, sender, signal);
    const live = await this.parts.live.note(event, senderName);
    if (live !== undefined) return { senderName, live };
    const call = await this.parts.calls.note(event);
    if (call !== undefined) return { senderName, call };
    const said = { senderName, ...(await this.#lookUpSaid(event, signal)) };
    if (event.type === 'm.room.redaction') return { ...said, ...(await this.#lookUpTakenBack(event, signal)) };
    const { rel_type: type, event_id: target } = readRelation(content);
    if (target === undefined) return said;
    const poll = await this.#pollOf(event, target, signal);
    if (poll !== undefined) return { ...said, poll };
    if (type !== 'm.replace') return said;
    await this.parts.edited.note(event.event_id, target);
    const editedSender = await this.#editedSender(event, target, signal);
    const answered = await lookups.answeredBy(room, target, signal);
    return {
      ...said,
      editedSender,
      ...(editedSender === sender ? await this.#fileNow(event, target, signal) : {}),
      ...(answered === undefined ? {} : { answered }),
    };
  }

  /** Whether an edited message came with a file, and which of those that edits gave it it shows now. */
  async #fileNow(
    { type, room_id: room, content }: MatrixEvent,
    message: string,
    signal: AbortSignal,
  ): Promise<Pick<StoredEvent, 'addedFile' | 'editedFile'>> {
    const { edited, lookups } = this.parts;
    const shown = newContentIn(content);
    if (!showsFile(type, shown)) return (await edited.hasFiles(message)) ? { addedFile: null } : {};
    const editedFile = await lookups.cameWithFile(room, message, signal);
    if (editedFile !== false) return editedFile === undefined ? {} : { editedFile };
    const addedFile = await edited.placeOf(readFile(shown).url ?? '', message);
    return addedFile === undefined ? {} : { editedFile, addedFile };
  }

  /** Of a redacted edit: what its message says now. It does not tell any more which one that was. */
  async #lookUpTakenBack(event: MatrixEvent, signal: AbortSignal): Promise<Partial<StoredEvent>> {
    const { edited, lookups } = this.parts;
    const { room_id: room } = event;
    const redacted = readRedaction(event.content).redacts ?? event.redacts;
    const message = redacted === undefined ? undefined : await edited.messageOf(redacted);
    if (message === undefined) return {};
    const standing = await this.#patiently(event, 'an edit that was taken back could not be followed', () =>
      lookups.standing(room, message, signal),
    );
    if (standing === undefined) return { restored: null };
    const { type, sender, content } = standing;
    const answered = await lookups.answeredBy(room, message, signal);
    return {
      ...(await this.#lookUpSaid(standing, signal)),
      ...(await this.#fileNow(standing, message, signal)),
      ...(answered === undefined ? {} : { answered }),
      restored: { event: message, type, sender, senderName: await lookups.nameOf(room, sender, signal), content },
    };
  }

  /** How the poll began that an event votes in, or ends. */
  async #pollOf(event: MatrixEvent, target: string, signal: AbortSignal): Promise<StoredEvent['poll']> {
    const { lookups } = this.parts;
    const { response, end } = pollTypes[dialectOf(event.type)];
    if (event.type !== response && event.type !== end) return undefined;
    return this.#patiently(event, 'a vote could not be understood', async () => {
      const poll = await lookups.pollOf(event.room_id, target, signal);
      if (poll === undefined) return undefined;
      const { sender, ...asked } = poll;
      if (event.type !== end) return asked;
      const mayEnd = sender === event.sender || (await lookups.mayRedact(event.room_id, event.sender, signal));
      return { ...asked, mayEnd };
    });
  }

  /** What the words of a message leave open: whether they call everybody, what they answer, which rooms they name. */
  async #lookUpSaid(event: MatrixEvent, signal: AbortSignal): Promise<Partial<StoredEvent>> {
    if (event.type !== 'm.room.message') return {};
    const { lookups } = this.parts;
    const { room_id: room, sender } = event;
    const open = openIn(event.content);
    const quoted = open.answers === undefined ? undefined : await lookups.quotedOf(room, open.answers, signal);
    const rooms: Record<string, string> = {};
    for (const alias of open.aliases) {
      const id = await lookups.roomOf(alias, signal);
      if (id !== undefined) rooms[alias] = id;
    }
    return {
      ...(open.callsAll ? { mayCallAll: await lookups.mayCallAll(room, sender, signal) } : {}),
      ...(quoted === undefined ? {} : { quoted }),
      ...(Object.keys(rooms).length === 0 ? {} : { rooms }),
    };
  }

  /** Null where the room does not show it, or where the homeserver did not say it several times. */
  async #editedSender(event: MatrixEvent, target: string, signal: AbortSignal): Promise<string | null> {
    const sender = await this.#patiently(event, 'an edit could not be verified', () =>
      this.parts.lookups.senderOf(event.room_id, target, signal),
    );
    return sender ?? null;
  }

  /** What the homeserver does not tell has its transaction come again; several times, and it is done without. */
  async #patiently<T>(event: MatrixEvent, what: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      const failures = (this.#patience.get(event.event_id) ?? 0) + 1;
      if (failures < maxPatience || !(error instanceof BridgeError)) {
        this.#patience.set(event.event_id, failures);
        throw error;
      }
      this.parts.log.warn({ room: event.room_id, event: event.event_id, error }, what);
      return undefined;
    }
  }
}
