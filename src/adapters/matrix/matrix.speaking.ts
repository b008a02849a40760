import type { NetworkAdapter } from '../../model/network-adapter.js';
import type { AdapterContext } from '../../model/network-definition.js';
import type { EventsApi } from './api/events.api.js';
import type { MediaApi } from './api/media.api.js';
import type { RoomsApi } from './api/rooms.api.js';
import type { TimelineApi } from './api/timeline.api.js';
import { MatrixEdits } from './matrix.edits.js';
import { MatrixEmoji } from './matrix.emoji.js';
import type { MatrixGhosts } from './matrix.ghosts.js';
import type { OurUsers } from './matrix.ids.js';
import type { MatrixLookups } from './matrix.lookups.js';
import { MatrixMembers } from './matrix.members.js';
import { MatrixMessages } from './matrix.messages.js';
import { MatrixPins } from './matrix.pins.js';
import { MatrixPolls } from './matrix.polls.js';
import { FilePreviews } from './matrix.previews.js';
import { MatrixReactions } from './matrix.reactions.js';
import { MatrixRedactions } from './matrix.redactions.js';
import { MatrixRoles } from './matrix.roles.js';
import { MatrixRoomChanges } from './matrix.room-changes.js';
import type { MatrixSettings } from './matrix.settings.js';
import type { MatrixWriter } from './matrix.writer.js';

export interface SpeakingParts extends Pick<
  AdapterContext<MatrixSettings>,
  'account' | 'settings' | 'store' | 'clock' | 'log'
> {
  readonly users: OurUsers;
  readonly events: EventsApi;
  readonly rooms: RoomsApi;
  readonly media: MediaApi;
  readonly timeline: TimelineApi;
  readonly lookups: MatrixLookups;
  readonly ghosts: MatrixGhosts;
  readonly writer: MatrixWriter;
}

/** How what was said elsewhere is said in the account's rooms. */
export class MatrixSpeaking {
  readonly deliver: NetworkAdapter['deliver'];
  readonly edits: MatrixEdits;

  constructor(parts: SpeakingParts) {
    const { account, users, events, rooms, media, timeline, lookups, ghosts, writer, store, clock, log } = parts;
    const { avatarTimeoutMs: timeoutMs } = parts.settings;
    const self = { account, users };
    const emoji = new MatrixEmoji({ ...self, user: users.bot, media, store, clock, log, timeoutMs });
    const redactions = new MatrixRedactions(timeline, users, writer);
    const edits = (this.edits = new MatrixEdits(self, timeline, writer, emoji, redactions));
    const previews = new FilePreviews(media, log, timeoutMs);
    const messages = new MatrixMessages(self, media, previews, writer, lookups, emoji, redactions);
    const reactions = new MatrixReactions(users, events, timeline, lookups, writer);
    const members = new MatrixMembers(account, users, rooms, ghosts, messages, writer);
    const polls = new MatrixPolls(users, events, lookups, messages, writer);
    const roles = new MatrixRoles(self, rooms, messages, writer);
    const pins = new MatrixPins(self, rooms, messages, writer);
    const changes = new MatrixRoomChanges(users, rooms, media, store, writer);
    this.deliver = {
      messageSent: { repeat: 'look', send: (request, signal) => messages.say(request, signal) },
      messageEdited: { repeat: 'look', send: (request, signal) => edits.make(request, signal) },
      messageDeleted: { repeat: 'look', send: (request, signal) => messages.unsay(request, signal) },
      reactionAdded: { repeat: 'harmless', send: (request, signal) => reactions.add(request, signal) },
      reactionRemoved: { repeat: 'harmless', send: (request, signal) => reactions.remove(request, signal) },
      memberJoined: { repeat: 'harmless', send: (request, signal) => members.join(request, signal) },
      memberLeft: { repeat: 'harmless', send: (request, signal) => members.leave(request, signal) },
      roleChanged: { repeat: 'harmless', send: (request, signal) => roles.set(request, signal) },
      roomChanged: { repeat: 'harmless', send: (request, signal) => changes.make(request, signal) },
      pinChanged: { repeat: 'harmless', send: (request, signal) => pins.change(request, signal) },
      pollStarted: { repeat: 'look', send: (request, signal) => polls.start(request, signal) },
      pollVoted: { repeat: 'harmless', send: (request, signal) => polls.vote(request, signal) },
      pollClosed: { repeat: 'look', send: (request, signal) => polls.end(request, signal) },
    };
  }
}
