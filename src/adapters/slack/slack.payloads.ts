import { z } from 'zod';
import { isTs } from './slack.ids.js';

/**
 * What Slack sends, as far as we use it. Source: docs.slack.dev, "Events", "Blocks" and "Message event"; the types and
 * recorded payloads of Slack's own SDKs.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Apps write much of a message in any way they like: what cannot be read is not there. */
const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
/** The same for lists: only what cannot be read is missing. */
export const many = <T>(schema: z.ZodType<T>) =>
  lenient(
    z.array(z.unknown()).transform((items): readonly T[] =>
      items.flatMap((item) => {
        const parsed = schema.safeParse(item);
        return parsed.success ? [parsed.data] : [];
      }),
    ),
  );

export const text = lenient(z.string());
const flag = lenient(z.boolean());
export const ts = z.string().refine(isTs, 'is no ts');
export const id = z.string().regex(/^[A-Z0-9]{3,32}$/, 'is no id');

const textObject = z.object({ type: text, text: z.string(), emoji: flag });
export type TextObject = z.infer<typeof textObject>;

const style = z.object({ bold: flag, italic: flag, strike: flag, underline: flag, code: flag });
export type ElementStyle = z.infer<typeof style>;

/** A block, or an element in one: they nest in each other, and each type uses some of the fields. */
export interface SlackNode {
  readonly type: string;
  readonly block_id?: string | undefined;
  readonly elements?: readonly SlackNode[] | undefined;
  readonly text?: string | TextObject | undefined;
  /** Of an inline how it looks, of a list `bullet` or `ordered`, of a button its colour. */
  readonly style?: ElementStyle | string | undefined;
  readonly url?: string | undefined;
  readonly user_id?: string | undefined;
  readonly channel_id?: string | undefined;
  readonly usergroup_id?: string | undefined;
  readonly range?: string | undefined;
  readonly name?: string | undefined;
  readonly skin_tone?: number | undefined;
  /** Hexadecimal code points, separated by dashes. */
  readonly unicode?: string | undefined;
  /** Whole seconds since 1970. */
  readonly timestamp?: number | undefined;
  readonly fallback?: string | undefined;
  /** Of a colour `#RRGGBB`. */
  readonly value?: string | undefined;
  readonly indent?: number | undefined;
  readonly offset?: number | undefined;
  readonly border?: number | undefined;
  readonly language?: string | undefined;
  readonly fields?: readonly TextObject[] | undefined;
  readonly accessory?: SlackNode | undefined;
  readonly title?: string | TextObject | undefined;
  readonly subtitle?: TextObject | undefined;
  readonly body?: TextObject | undefined;
  readonly description?: TextObject | undefined;
  readonly title_url?: string | undefined;
  readonly video_url?: string | undefined;
  readonly image_url?: string | undefined;
  readonly alt_text?: string | undefined;
  readonly rows?: readonly (readonly SlackNode[])[] | undefined;
  readonly label?: TextObject | undefined;
  /** Of a call that another program holds. */
  readonly call?: { readonly v1?: CallOfProgram | undefined } | undefined;
}

const callOfProgram = z.object({ name: text, display_id: text, join_url: text });
type CallOfProgram = z.infer<typeof callOfProgram>;

const nested = z.lazy(() => node);
const node: z.ZodType<SlackNode> = z.object({
  type: z.string(),
  block_id: text,
  elements: many(nested),
  text: lenient(z.union([z.string(), textObject])),
  style: lenient(z.union([z.string(), style])),
  url: text,
  user_id: text,
  channel_id: text,
  usergroup_id: text,
  range: text,
  name: text,
  skin_tone: lenient(z.int().min(1).max(6)),
  unicode: text,
  timestamp: lenient(z.number().int().min(-8.64e12).max(8.64e12)),
  fallback: text,
  value: text,
  indent: lenient(z.int().min(0)),
  offset: lenient(z.int().min(0)),
  border: lenient(z.number()),
  language: text,
  fields: many(textObject),
  accessory: lenient(nested),
  title: lenient(z.union([z.string(), textObject])),
  subtitle: lenient(textObject),
  body: lenient(textObject),
  description: lenient(textObject),
  title_url: text,
  video_url: text,
  image_url: text,
  alt_text: text,
  label: lenient(textObject),
  call: lenient(z.object({ v1: lenient(callOfProgram) })),
  rows: many(z.array(z.unknown()).transform((cells) => cells.map((cell) => node.catch({ type: '' }).parse(cell)))),
});
export const readNodes = (blocks: unknown): readonly SlackNode[] => many(node).parse(blocks) ?? [];

const field = z.object({ title: text, value: text });

const attachment = z.object({
  /** Where it shows what a link in the text leads to. */
  from_url: text,
  original_url: text,
  is_msg_unfurl: flag,
  is_app_unfurl: flag,
  /** Somebody passed a message on. */
  is_share: flag,
  is_reply_unfurl: flag,
  fallback: text,
  pretext: text,
  author_name: text,
  author_id: text,
  title: text,
  title_link: text,
  text,
  fields: many(field),
  image_url: text,
  footer: text,
  blocks: many(node),
  message_blocks: many(z.object({ message: z.object({ blocks: many(node) }) })),
  files: lenient(z.unknown()),
  /** Buttons and menus, as attachments had them before there were blocks. */
  actions: many(z.object({ type: text, text, url: text })),
});
export type Attachment = z.infer<typeof attachment>;

const file = z.object({
  id,
  name: text,
  title: text,
  mimetype: text,
  size: lenient(z.int().min(0)),
  /** `slack_audio`: spoken into Slack. */
  subtype: text,
  original_w: lenient(z.int().min(1).max(100_000)),
  original_h: lenient(z.int().min(1).max(100_000)),
  duration_ms: lenient(z.int().min(0)),
  /** Small pictures of it: of a picture in several sizes, of a film one. */
  thumb_800: text,
  thumb_720: text,
  thumb_480: text,
  thumb_360: text,
  thumb_video: text,
  audio_wave_samples: lenient(z.array(z.number().min(0).max(100)).max(1000)),
  permalink: text,
  /** `quip`, `canvas`, `list`: a document of Slack itself; `tombstone`: it was deleted; `hidden_by_limit`: the workspace does not pay for it. */
  mode: text,
});
export type FileObject = z.infer<typeof file>;

const metadata = z.object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) });

const huddle = z.object({
  created_by: id,
  /** Seconds; 0 while it goes on. */
  date_end: lenient(z.number().int().min(0).max(8.64e12)),
  has_ended: flag,
  huddle_link: text,
  participants: many(id),
  participant_history: many(id),
});
export type Huddle = z.infer<typeof huddle>;

const message = z.object({
  subtype: text,
  ts: lenient(ts),
  thread_ts: lenient(ts),
  user: lenient(id),
  bot_id: lenient(id),
  app_id: lenient(id),
  username: text,
  bot_profile: lenient(z.object({ name: text, app_id: lenient(id) })),
  text,
  blocks: many(node),
  attachments: many(attachment),
  files: many(file),
  metadata: lenient(metadata),
  /** Of `huddle_thread`. */
  room: lenient(huddle),
  edited: lenient(z.object({ user: lenient(id), ts: lenient(ts) })),
});
/** A message as it stands in events, in history and in answers. */
export type SlackMessage = z.infer<typeof message>;
export const readMessage = (value: unknown): SlackMessage => message.parse(value);

const messageEvent = message.extend({
  channel: id,
  event_ts: lenient(ts),
  deleted_ts: lenient(ts),
  is_ephemeral: flag,
  /** Of `message_changed`: how it stands now, and how it stood. */
  message: lenient(message.extend({ root: lenient(message) })),
  previous_message: lenient(message),
  /** Of `thread_broadcast`: what the thread began with. */
  root: lenient(message),
  topic: text,
  purpose: text,
  name: text,
});
export type MessageEvent = z.infer<typeof messageEvent>;
export const readMessageEvent = (value: JsonObject): MessageEvent => messageEvent.parse(value);

const reactionEvent = z.object({
  user: id,
  reaction: z.string().min(1),
  item: z.object({ type: z.string(), channel: lenient(id), ts: lenient(ts) }),
  event_ts: ts,
});
export type ReactionEvent = z.infer<typeof reactionEvent>;
export const readReactionEvent = (value: JsonObject): ReactionEvent => reactionEvent.parse(value);

const memberEvent = z.object({ user: id, channel: id, inviter: lenient(id), event_ts: ts });
export type MemberEvent = z.infer<typeof memberEvent>;
export const readMemberEvent = (value: JsonObject): MemberEvent => memberEvent.parse(value);

const pinEvent = z.object({
  user: id,
  channel_id: id,
  item: z.object({ type: z.string(), message: lenient(z.object({ ts: lenient(ts) })) }),
  event_ts: ts,
});
export type PinEvent = z.infer<typeof pinEvent>;
export const readPinEvent = (value: JsonObject): PinEvent => pinEvent.parse(value);

const knownUser = z.object({ name: z.string(), isBot: z.boolean().optional() });
export type KnownUser = z.infer<typeof knownUser>;

const stored = z.object({
  event: z.looseObject({ type: z.string() }),
  /** As whom the account listened. */
  self: z
    .object({ team: z.string(), user: z.string(), bot: z.string(), app: z.string().optional(), url: z.string() })
    .optional(),
  /** What the source found out beside it: what is called how, by ids. Bots that are no users stand among the users. */
  names: z
    .object({
      users: z.record(z.string(), knownUser),
      channels: z.record(z.string(), z.string()),
      groups: z.record(z.string(), z.string()),
      emoji: z.record(z.string(), z.string()),
    })
    .partial()
    .optional(),
});
/** One event as the source stores it, with what the event itself lacks. */
export type StoredEvent = z.infer<typeof stored>;

/** Throws a ZodError where the payload is not what the source stores. */
export function parseStored(payload: unknown): StoredEvent {
  return stored.parse(payload);
}

const envelope = z.looseObject({
  type: z.literal('event_callback'),
  event_id: z.string().min(1),
  /** Whole seconds since 1970, the same each time that it is told. */
  event_time: lenient(z.int().nonnegative().max(8_640_000_000_000)),
  team_id: text,
  api_app_id: text,
  event: z.looseObject({ type: z.string() }),
});
export type EventEnvelope = z.infer<typeof envelope>;

/** What the Events API posts and Socket Mode carries as its payload; undefined where it is no event. */
export function parseEnvelope(value: unknown): EventEnvelope | undefined {
  const parsed = envelope.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
