import type { MessageEdited } from '../../model/bridge-event.js';
import { isFirstLost, isOfFiles, lostApart } from '../../model/file-parts.js';
import { type UserId, userId } from '../../model/ids.js';
import type { Copy, DeliveryRequest } from '../../model/network-adapter.js';
import type { Writing } from './api/account.api.js';
import type { TimelineApi } from './api/timeline.api.js';
import type { MatrixEmoji } from './matrix.emoji.js';
import { notOurs, targetRedacted } from './matrix.errors.js';
import type { MatrixSelf } from './matrix.ids.js';
import { isObject, type JsonObject, type MatrixEvent, readRelation } from './matrix.payloads.js';
import type { MatrixRedactions } from './matrix.redactions.js';
import { type MatrixWriter, ownVoice, writingOf } from './matrix.writer.js';
import { mentionedIn, replacing, toMatrix, type Voice } from './to-matrix.js';
import { recaptioned, showsFile, wordsAlone } from './to-matrix-files.js';

/** What an edit does to the parts of a message. */
export interface EditPlan {
  /** Who said the message, and so says what is added. */
  readonly user: UserId;
  readonly replacements: readonly { readonly copy: Copy; readonly user: UserId; readonly content: JsonObject }[];
  readonly additions: readonly { readonly part: number; readonly content: JsonObject }[];
  /** Parts that nothing is left for. */
  readonly surplus: readonly Copy[];
  /** Those of them that stand in the room no longer. */
  readonly gone: readonly Copy[];
}

type Asked = Pick<DeliveryRequest<MessageEdited>, 'event' | 'room' | 'speaker' | 'target' | 'lost'>;

const nothing = { replacements: [], additions: [], surplus: [], gone: [] } as const;

interface Standing {
  readonly copy: Copy;
  readonly event: MatrixEvent;
}

/** Changes what was said, part by part. */
export class MatrixEdits {
  constructor(
    private readonly self: MatrixSelf,
    private readonly timeline: TimelineApi,
    private readonly writer: MatrixWriter,
    private readonly emoji: Pick<MatrixEmoji, 'shownIn'>,
    private readonly redactions: MatrixRedactions,
  ) {}

  /** Throws TargetGone where nothing of the message stands in the room, Uneditable where somebody else wrote it. */
  async make(request: DeliveryRequest<MessageEdited>, signal: AbortSignal): Promise<void> {
    const { made, room } = request;
    await this.writer.assertWanted(room);
    const writing = writingOf(request, signal);
    const body = await this.emoji.shownIn(request.event.body, request, writing);
    const edit = { ...request, event: { ...request.event, body } };
    const plan = isSaidAnew(edit) ? await this.#anew(edit, writing) : await this.plan(edit, signal);
    for (const { copy, user, content } of plan.replacements) {
      await this.writer.say(room, user, content, request.key(copy.part), writing);
    }
    for (const { part, content } of plan.additions) {
      if (made.some((copy) => copy.part === part)) continue;
      const key = request.key(part);
      request.onMade({ part, id: await this.writer.say(room, plan.user, content, key, writing), key });
    }
    for (const copy of [...plan.surplus, ...(request.lost === undefined ? [] : lostApart(request.lost))]) {
      if (plan.gone.includes(copy)) await this.redactions.takeEdits(request, copy, writing);
      else await this.redactions.take(request, copy, writing);
      request.onGone(copy);
    }
  }

  async #anew(request: Asked, writing: Writing): Promise<EditPlan> {
    const { user, voice } = await this.writer.speaking(request, writing);
    const contents = toMatrix({ ...request.event, files: [] }, this.self, { voice });
    return { ...nothing, user, additions: contents.map((content, part) => ({ part, content })) };
  }

  /** Reads what stands in the room now: an edit of what was redacted would say it again. */
  async plan({ event, room, speaker, target, lost }: Asked, signal: AbortSignal): Promise<EditPlan> {
    const standing: Standing[] = [];
    for (const copy of target) {
      const found = await this.timeline.event(room, copy.id, signal);
      if (found?.unsigned?.redacted_because === undefined && found !== undefined) standing.push({ copy, event: found });
    }
    const [first] = standing;
    const firstLost = lost !== undefined && isFirstLost(lost);
    const isBare = ({ part }: Copy): boolean => firstLost && part === 0 && !lost.hasWords;
    const bare = target.filter(isBare);
    const none = { ...nothing, user: userId(this.self.users.bot) };
    if (isOfFiles(event) && !firstLost) return none;
    if (first === undefined && lost?.words === 'same') return { ...none, surplus: bare, gone: bare };
    if (first === undefined) {
      await this.writer.assertInRoom(room, signal);
      throw targetRedacted();
    }
    if (!standing.every(({ event: { sender } }) => this.self.users.isOurs(sender))) throw notOurs();
    if (isOfFiles(event)) {
      const shown = standing.filter((each) => each.copy.part === 0);
      return lost?.hasWords === true
        ? { ...none, replacements: shown.flatMap(withoutFile) }
        : { ...none, surplus: bare, gone: shown.length === 0 ? bare : [] };
    }
    const user = userId(first.event.sender);
    const relation = readRelation(first.event.content);
    // What was said in words shows its files, if it came by some, by their names.
    const named = event.body.length === 0 ? event : { ...event, files: [] };
    const contents = toMatrix(named, this.self, {
      voice: this.#voice(user, speaker),
      ...(relation.rel_type === 'm.thread' && relation.event_id !== undefined ? { thread: relation.event_id } : {}),
    });
    const surplus = target.filter((copy) => copy.part >= contents.length || isBare(copy));
    return {
      user,
      replacements: standing.flatMap(({ copy, event: { content, sender, unsigned } }) => {
        const words = contents[copy.part];
        if (words === undefined || isBare(copy)) return [];
        const isLost = firstLost && copy.part === 0 && showsFile(content);
        if (lost?.words === 'same' && !isLost) return [];
        const said = showsFile(content) && !isLost ? this.#captioned(content, words, event, user) : words;
        const before = mentionedIn(content, unsigned?.['m.relations']?.['m.replace']?.content);
        return [{ copy, user: userId(sender), content: replacing(said, copy.id, before) }];
      }),
      additions: contents.flatMap((content, part) =>
        target.some((copy) => copy.part === part) ? [] : [{ part, content }],
      ),
      surplus,
      gone: surplus.filter((copy) => !standing.some((each) => each.copy === copy)),
    };
  }

  /** A file that nobody says anything to any more stands alone, where it needs no words to tell who sent it. */
  #captioned(content: JsonObject, words: JsonObject, { body }: MessageEdited, user: UserId): JsonObject {
    const isAlone = body.length === 0 && user !== this.self.users.bot;
    return recaptioned(content, isAlone ? undefined : words);
  }

  /** A part that our own user said has the name in its text. */
  #voice(user: UserId, speaker: Asked['speaker']): Voice {
    return user === this.self.users.bot ? ownVoice(speaker) : { as: 'ghost' };
  }
}

/** Pure: where the part that had the words, or had none, is gone and others stand, they are a new one. */
function isSaidAnew({ event, target }: Pick<Asked, 'event' | 'target'>): boolean {
  return target.length === 0 && event.body.length > 0 && !isOfFiles(event);
}

/** The words stay as they stand with the file, or as its latest caption says them. */
function withoutFile({ copy, event: { content, sender, unsigned } }: Standing): EditPlan['replacements'] {
  if (!showsFile(content)) return [];
  const edit = unsigned?.['m.relations']?.['m.replace']?.content;
  const latest = edit?.['m.new_content'];
  const words = wordsAlone(isObject(latest) ? latest : content);
  return [{ copy, user: userId(sender), content: replacing(words, copy.id, mentionedIn(content, edit)) }];
}
