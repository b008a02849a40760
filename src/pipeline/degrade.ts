import { oneEmoji } from '../formatting/emoji.js';
import { bytesInWords } from '../formatting/bytes-in-words.js';
import { withFileNames } from '../formatting/named-files.js';
import {
  assertNever,
  type BridgeEvent,
  type CallChanged,
  type EventKind,
  type MemberJoined,
  type MemberLeft,
  type MessageEdited,
  type MessageSent,
  type PinChanged,
  type PollStarted,
  type ReactionAdded,
  type ReactionRemoved,
  type RoleChanged,
  type RoomChanged,
  type ThreadChanged,
} from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { isOfFiles, notTaken } from '../model/file-parts.js';
import { type FileRef, remoteId, type UserRef } from '../model/ids.js';
import type { LinkOptions } from '../model/link-options.js';
import type { LostFiles } from '../model/network-adapter.js';
import type { RichText } from '../model/rich-text.js';
import { noticeOf } from './notices.js';
import { pollAsMessage, pollIn } from './polls.js';
import { isForFile } from './text-files.js';

/**
 * `by`: who is to be seen to say it: the event's own person, or the bridge itself. `inLine`: how it is told where the room turns out
 * not to let us show it.
 */
export type Degraded =
  | { readonly event: BridgeEvent; readonly by: 'person' | 'bridge'; readonly inLine?: MessageSent }
  | { readonly skip: string };

/** What is known of the target room besides its capabilities. */
export interface Resolved {
  /** Whether what a reply answers stands in the target room. */
  readonly replyTarget: 'found' | 'missing' | 'none';
  /** The same for the message that a thread began with. */
  readonly thread: 'found' | 'missing' | 'none';
  /** How old the copy is that an edit is about; absent where that is not known. */
  readonly copyAgeMs?: number;
  /** What an edit takes away of the message's files; absent: nothing. */
  readonly lost?: LostFiles;
  /** What the adapter has an entry for. */
  can(kind: EventKind): boolean;
  readonly options: LinkOptions;
  /** What people call the network that the event comes from. */
  readonly networkLabel: string;
  /** Of an event about a person: who that is in the target room; absent where that is not known. */
  readonly here?: UserRef;
  /** Of a reaction that is added: people of the room cannot react so, though it takes more than everybody's emoji. */
  readonly lacksEmoji?: true;
  /** Of a reaction that is taken back: the room has it in words. */
  readonly told?: true;
}

const quotedChars = 120;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Pure: turns an event into what the target room can show, or says why there is nothing to show. */
export function degrade(event: BridgeEvent, capabilities: Capabilities, resolved: Resolved): Degraded {
  switch (event.kind) {
    case 'messageSent':
      return message(event, capabilities, resolved);
    case 'messageEdited':
      return edit(event, capabilities, resolved);
    case 'reactionAdded':
    case 'reactionRemoved':
      return reaction(event, capabilities, resolved);
    case 'memberJoined':
    case 'memberLeft':
      return member(event, capabilities, resolved);
    case 'roleChanged':
      return role(event, capabilities, resolved);
    case 'roomChanged':
      return roomChange(event, capabilities, resolved);
    case 'callChanged':
      return call(event, resolved);
    case 'threadChanged':
      return threadNamed(event, capabilities, resolved);
    case 'pinChanged':
      return pin(event, capabilities, resolved);
    case 'pollStarted':
      return poll(event, capabilities, resolved);
    default:
      return asItIs(event, resolved);
  }
}

function asItIs(event: BridgeEvent, { can }: Resolved): Degraded {
  if (!can(event.kind)) return { skip: `the network cannot show ${event.kind}` };
  const isSaidByBridge = (event.kind === 'messageSent' || event.kind === 'messageEdited') && event.by === 'bridge';
  return { event, by: isSaidByBridge ? 'bridge' : 'person' };
}

/** Where it turns out that the room does not take it, it is told in words all the same. */
function poll(event: PollStarted, capabilities: Capabilities, resolved: Resolved): Degraded {
  const inWords = message(pollAsMessage(event), capabilities, resolved);
  const isShown = pollIn(event, capabilities) !== 'words' && resolved.can(event.kind);
  if (!isShown) return inWords;
  const inLine = 'event' in inWords && inWords.event.kind === 'messageSent' ? { inLine: inWords.event } : {};
  const { thread: _notHere, ...inRoom } = event;
  const isInThread = capabilities.threads !== 'none' && resolved.thread === 'found';
  return { event: isInThread ? event : inRoom, by: 'person', ...inLine };
}

function message(event: MessageSent, capabilities: Capabilities, resolved: Resolved): Degraded {
  if (event.body.length === 0 && event.files.length === 0) return { skip: 'there is nothing in it' };
  const fitting = { ...event, files: event.files.map((file) => fit(file, capabilities)) };
  const said = titled(threaded(fitting, capabilities, resolved), capabilities);
  return asItIs(answering(said, capabilities, resolved), resolved);
}

/** Pure: what the room does not take is told of in its place. */
export function fit(file: FileRef, { maxFileBytes }: Pick<Capabilities, 'maxFileBytes'>): FileRef {
  if (file.instead !== undefined) return file;
  if (maxFileBytes === 0) return { ...file, instead: notTaken('this room takes no files', file) };
  if ((file.bytes ?? 0) <= maxFileBytes) return file;
  return { ...file, instead: notTaken(tooLarge(maxFileBytes), file) };
}

/** Pure: what is said of a file that is larger. */
export function tooLarge(maxFileBytes: number): string {
  return `this room takes files up to ${bytesInWords(maxFileBytes)}`;
}

/** Where threads have no names, the first message begins with it. */
function titled<E extends MessageSent | MessageEdited>(event: E, { threads }: Pick<Capabilities, 'threads'>): E {
  if (event.title === undefined || threads === 'titled') return event;
  const { title: _inBody, ...rest } = event;
  return { ...rest, body: shownWith(event.title, event.body) } as E;
}

/** Pure: what a message shows that begins a thread of that name, where the name stands in the text. */
export function shownWith(title: string | undefined, body: RichText): RichText {
  if (title === undefined) return body;
  const name = { type: 'bold', content: [{ type: 'text', text: title }] } as const;
  return [{ type: 'paragraph', content: [{ type: 'text', text: '🧵 ' }, name] }, ...body];
}

/** Another name: of the thread itself, in its first message, or, where that is not its author's to change, in a line of the thread. */
function threadNamed(event: ThreadChanged, capabilities: Capabilities, resolved: Resolved): Degraded {
  const { room, actor, at, thread, title, first } = event;
  const told = line(event, noticeOf(event, resolved.networkLabel));
  const inThread = message({ ...told.event, by: 'bridge', thread }, capabilities, { ...resolved, thread: 'found' });
  if (capabilities.threads === 'titled' && resolved.can('threadChanged')) {
    const inLine = 'event' in inThread && inThread.event.kind === 'messageSent' ? { inLine: inThread.event } : {};
    return { event, by: 'bridge', ...inLine };
  }
  // One that stands in a file is not written anew for its name.
  if (first === undefined || isForFile(first.body, capabilities)) return inThread;
  return edit(
    { kind: 'messageEdited', room, actor, at, message: thread, ...first, title, version: '0' },
    capabilities,
    resolved,
  );
}

/** Where a room has no threads, what is said in one answers its first message. */
function threaded(event: MessageSent, capabilities: Capabilities, { thread }: Resolved): MessageSent {
  if (event.thread === undefined || (capabilities.threads !== 'none' && thread === 'found')) return event;
  const { thread: root, ...rest } = event;
  return event.replyTo === undefined && thread === 'found' ? { ...rest, replyTo: root } : rest;
}

function answering<E extends MessageSent | MessageEdited>(
  event: E,
  capabilities: Capabilities,
  { replyTarget }: Resolved,
): E {
  const isNative = event.replyTo === undefined || (replyTarget !== 'missing' && capabilities.replies === 'quote');
  if (isNative) return event;
  const { replyTo: _unreachable, ...rest } = event;
  return { ...rest, body: [...quoteOf(event), ...event.body] } as unknown as E;
}

/** A short quote stands in for a reply's target that is not to be seen in the room. */
function quoteOf(event: MessageSent | MessageEdited): RichText {
  if (event.quoted === undefined) return [];
  const { name, text } = event.quoted;
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const short = line.length > quotedChars ? `${beginning(line)}…` : line;
  return [{ type: 'quote', content: [{ type: 'paragraph', content: [{ type: 'text', text: `${name}: ${short}` }] }] }];
}

/** As much as a quote takes, without cutting what is seen as one character. */
function beginning(line: string): string {
  let end = 0;
  for (const { index, segment } of graphemes.segment(line)) {
    if (index + segment.length > quotedChars) break;
    end = index + segment.length;
  }
  return line.slice(0, end);
}

/** Past the time in which the room takes edits, or where they are so long that they stand in a file, the new words are said as an answer to the old ones. */
function edit(event: MessageEdited, capabilities: Capabilities, resolved: Resolved): Degraded {
  const { files = [], title } = event;
  // A file may be taken away at any time, whatever the words are.
  if (isOfFiles(event)) return asItIs(event, resolved);
  if (event.body.length === 0 && files.length === 0 && title === undefined) return { skip: 'there is nothing in it' };
  const form = event.asks === undefined ? undefined : pollIn(event.asks, capabilities);
  if (form === 'counted') return { skip: 'the poll itself shows it' };
  // Nobody changes what a poll asks that the room counts the votes of.
  const editWindowMs = form === 'native' ? 0 : capabilities.editWindowMs;
  const { copyAgeMs = 0 } = resolved;
  const named = titled(event, capabilities);
  const shown = answering(named, capabilities, resolved);
  if (resolved.lost?.words === 'same') return asItIs(shown, resolved);
  const isInTime = editWindowMs === undefined || copyAgeMs < editWindowMs;
  if (isInTime && !isForFile(event.body, capabilities)) return asItIs(shown, resolved);
  const { version: _version, title: _title, quoted: _quoted, ...rest } = named;
  const body = corrected(rest.body.length === 0 ? withFileNames([], files) : rest.body);
  return asItIs({ ...rest, kind: 'messageSent', body, files: [], replyTo: event.message }, resolved);
}

function corrected(body: RichText): RichText {
  const [first, ...others] = body;
  if (first?.type !== 'paragraph') return [{ type: 'paragraph', content: [{ type: 'text', text: '✏️' }] }, ...body];
  return [{ ...first, content: [{ type: 'text', text: '✏️ ' }, ...first.content] }, ...others];
}

function reaction(event: ReactionAdded | ReactionRemoved, { reactions }: Capabilities, resolved: Resolved): Degraded {
  if (event.kind === 'reactionRemoved' && resolved.told === true) return toldTakenBack(event, resolved);
  if (reactions === 'none') return { skip: 'the room has no reactions' };
  const { emoji = '' } = event;
  const isTaken = reactions === 'any' || oneEmoji(emoji) !== undefined;
  if (isTaken && resolved.lacksEmoji !== true) return asItIs(event, resolved);
  if (event.kind === 'reactionAdded' && resolved.options.otherReactions === 'reply')
    return toldReaction(event, resolved);
  return { skip: isTaken ? 'the room has no such emoji' : 'the room takes emoji only as reactions' };
}

/** Each person says it for himself: the name in the answer tells who. */
function toldReaction(event: ReactionAdded, resolved: Resolved): Degraded {
  const { emoji, message: replyTo } = event;
  const said = noticeLine(event, [{ type: 'paragraph', content: [{ type: 'text', text: emoji }] }]);
  return asItIs({ ...said, style: 'text', replyTo }, resolved);
}

function toldTakenBack({ room, actor, at, message, version }: ReactionRemoved, resolved: Resolved): Degraded {
  return asItIs({ kind: 'messageDeleted', room, actor, at, message, version }, resolved);
}

function member(event: MemberJoined | MemberLeft, capabilities: Capabilities, resolved: Resolved): Degraded {
  const { options, can, networkLabel } = resolved;
  // Who goes by himself may stay elsewhere.
  const isDone = event.found === undefined && (event.kind === 'memberJoined' || event.how !== 'left');
  const done = isDone ? doneTo(event, 'members', capabilities, resolved) : undefined;
  if (done !== undefined) return done;
  if (options.members === 'off') return { skip: 'the link does not show who comes and goes' };
  const isShown = options.members === 'state' && can(event.kind) && capabilities.speakers.includes('ghost');
  if (isShown) return { event, by: 'person' };
  return event.found === undefined ? line(event, noticeOf(event, networkLabel)) : foundLater;
}

const foundLater = { skip: 'it was found by looking who is there, which no line tells' };

/** What power somebody has is set by the bridge itself: nobody gives it to himself. */
function role(event: RoleChanged, capabilities: Capabilities, resolved: Resolved): Degraded {
  const { options, can, networkLabel } = resolved;
  const done = event.found === undefined ? doneTo(event, 'roles', capabilities, resolved) : undefined;
  if (done !== undefined) return done;
  if (options.moderators === 'off') return { skip: 'the link does not show who sees to the room' };
  const told = line(event, noticeOf(event, networkLabel));
  const isShown = options.moderators === 'state' && can(event.kind) && capabilities.speakers.includes('ghost');
  if (event.found !== undefined) return isShown ? { event, by: 'bridge' } : foundLater;
  return isShown ? { event, by: 'bridge', inLine: told.event } : told;
}

/** What is done to a person whom the target room knows. Nothing is told of somebody of another room to whom nothing is done. */
function doneTo(
  event: MemberJoined | MemberLeft | RoleChanged,
  what: 'members' | 'roles',
  { obeys = [] }: Capabilities,
  { options, here, networkLabel }: Resolved,
): Degraded | undefined {
  if (options.moderation === 'on' && here !== undefined && obeys.includes(what)) {
    const isTold = options[what === 'members' ? 'members' : 'moderators'] !== 'off';
    return {
      event: {
        ...event,
        member: { ...event.member, account: here.account, id: here.id },
        ...(event.kind === 'memberLeft' && event.member.account !== here.account ? { shown: event.member } : {}),
      },
      by: 'bridge',
      ...(isTold ? { inLine: line(event, noticeOf(event, networkLabel)).event } : {}),
    };
  }
  const isOfOther = event.member.account !== event.room.account;
  return isOfOther ? { skip: 'the link does nothing to people of other rooms' } : undefined;
}

function roomChange(event: RoomChanged, { obeys = [] }: Capabilities, resolved: Resolved): Degraded {
  const { options, can, networkLabel } = resolved;
  const { change } = event;
  const { of } = change;
  const isDone = options.moderation === 'on' && (of === 'writing' ? change.why === 'readOnly' : of === 'expiration');
  if (isDone && obeys.includes(of === 'writing' ? 'writing' : 'expiration')) {
    const isTold = of === 'writing' || options.access !== 'off';
    return { event, by: 'bridge', ...(isTold ? { inLine: line(event, noticeOf(event, networkLabel)).event } : {}) };
  }
  switch (of) {
    case 'name':
    case 'topic':
    case 'avatar':
      if (!options[of]) return { skip: `the link does not mirror the room's ${of}` };
      return can('roomChanged') ? { event, by: 'bridge' } : line(event, noticeOf(event, networkLabel));
    case 'group':
      if (options.members === 'off') return { skip: 'the link does not show who comes and goes' };
      return line(event, noticeOf(event, networkLabel));
    case 'access':
    case 'expiration':
    case 'breakoutRooms':
      if (options.access === 'off') return { skip: 'the link does not tell who may enter and write' };
      return line(event, noticeOf(event, networkLabel));
    case 'history':
    case 'writing':
    case 'assistance':
    case 'reach':
      return line(event, noticeOf(event, networkLabel));
    default:
      return assertNever(of);
  }
}

/** What is kept in sight is kept so by the bridge itself; where the room cannot, a line answers the message. */
function pin(event: PinChanged, { pins, replies }: Capabilities, { can, networkLabel }: Resolved): Degraded {
  const { event: said } = line(event, noticeOf(event, networkLabel));
  const told: MessageSent = replies === 'quote' ? { ...said, replyTo: event.message } : said;
  return pins === 'shown' && can(event.kind) ? { event, by: 'bridge', inLine: told } : { event: told, by: 'bridge' };
}

/** The rest of what calls are is a message of the bridge before it comes here. */
function call(event: CallChanged, { networkLabel }: Resolved): Degraded {
  const { change } = event;
  if (change.of !== 'recording') return { skip: 'the notice of the call tells it' };
  return line(event, noticeOf({ ...event, change }, networkLabel));
}

/** Pure: what the bridge itself says of an event. */
export function noticeLine(event: BridgeEvent, body: RichText): MessageSent {
  return line(event, body).event;
}

/** Said by the bridge itself, without anybody being notified. */
function line(event: BridgeEvent, body: RichText): { readonly event: MessageSent; readonly by: 'bridge' } {
  const { room, actor, at } = event;
  // It stands for no message of the source.
  const message = { room, id: remoteId('') };
  return {
    event: { kind: 'messageSent', room, actor, at, message, body, files: [], style: 'notice', attention: 'silent' },
    by: 'bridge',
  };
}
