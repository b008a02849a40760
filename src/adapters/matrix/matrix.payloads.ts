import { z } from 'zod';
import { isIdText } from './matrix.ids.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const object = z.custom<JsonObject>(isObject, 'is not an object');
const id = (sigil: string) =>
  z.string().refine((text) => text.startsWith(sigil) && isIdText(text), `is no ${sigil} id`);
const eventId = id('$');
/** A part of a content that a person's client may have written in any way: what cannot be read is not there. */
const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** What every event of a room has. Source: client-server API, "Room event format". */
const event = z.object({
  event_id: eventId,
  room_id: id('!'),
  type: z.string(),
  sender: id('@'),
  /** Milliseconds since 1970 by the clock of the sender's server. */
  origin_server_ts: z.int().min(0).max(8.64e15),
  content: object,
  state_key: z.string().optional(),
  redacts: lenient(eventId),
  unsigned: lenient(
    z.object({
      prev_content: lenient(object),
      redacted_because: lenient(object),
      /** What a server tells along with an event that it is asked for: among it the latest edit by its author. */
      'm.relations': lenient(z.object({ 'm.replace': lenient(z.object({ content: object })) })),
    }),
  ),
});
export type MatrixEvent = z.infer<typeof event>;

const stored = z.object({
  event,
  /** What the sender is called in the room. */
  senderName: z.string(),
  /** Grows with each event that came: a decimal number. */
  order: z.string().regex(/^\d{1,18}$/),
  /** Of an edit: who sent what it edits; null where nobody could tell. */
  editedSender: z.string().nullable().optional(),
  /** Of an edit that shows a file: whether the message came with one; absent where nobody could tell. */
  editedFile: z.boolean().optional(),
  /** Of an edit of a message that came without a file: which of those that edits gave it it shows now, from 0; null: none any more. */
  addedFile: z.number().int().nonnegative().nullable().optional(),
  /** Of an edit: what the edited message answers, and the beginning of that. */
  answered: z.object({ event: eventId, name: z.string(), text: z.string() }).optional(),
  /** Of one that calls everybody: whether its sender may. */
  mayCallAll: z.boolean().optional(),
  /** Of an answer: the beginning of what it answers. */
  quoted: z.object({ name: z.string(), text: z.string() }).optional(),
  /** Of a vote, and of what ends a poll: how the poll began, and what it asks now. `mayEnd`: whether its sender may end it. */
  poll: z
    .object({ type: z.string(), content: object, edited: object.optional(), mayEnd: z.boolean().optional() })
    .optional(),
  /** Of what takes an edit back: the message that was edited, and what says it now; null where that is gone. */
  restored: z
    .object({ event: eventId, type: z.string(), sender: id('@'), senderName: z.string(), content: object })
    .nullable()
    .optional(),
  /** Of somebody who goes out of a call: whether they were the last. */
  call: z.literal('over').optional(),
  /** Of a live location: how its sharing began, as what and until when, and the `geo:` address where its sharer was last. */
  live: z
    .object({ event: eventId, name: z.string().optional(), until: z.string().optional(), uri: z.string().optional() })
    .optional(),
  /** The rooms that it names by aliases: their ids. */
  rooms: z.record(z.string(), z.string()).optional(),
});

/** One event as the source stores it, with what the event itself lacks. */
export type StoredEvent = z.infer<typeof stored>;

/** Throws a ZodError where the payload is not what the source stores. */
export function parseStored(payload: unknown): StoredEvent {
  return stored.parse(payload);
}

/** An event as it stands in a transaction or an answer; undefined where it is none. */
export function parseEvent(value: unknown): MatrixEvent | undefined {
  const parsed = event.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

const relation = z.object({
  rel_type: lenient(z.string()),
  event_id: lenient(eventId),
  key: lenient(z.string()),
  is_falling_back: lenient(z.boolean()),
  'm.in_reply_to': lenient(z.object({ event_id: eventId })),
});
export type Relation = z.infer<typeof relation>;

const message = z.object({
  msgtype: lenient(z.string()),
  body: lenient(z.string()),
  format: lenient(z.string()),
  formatted_body: lenient(z.string()),
  filename: lenient(z.string()),
  'm.mentions': lenient(z.object({ room: lenient(z.boolean()), user_ids: lenient(z.array(z.string())) })),
  'm.new_content': lenient(object),
});
export type MessageContent = z.infer<typeof message>;

export const readRelation = ({ 'm.relates_to': related }: JsonObject): Relation =>
  related === undefined ? {} : relation.catch({}).parse(related);
export const readMessage = (content: JsonObject): MessageContent => message.parse(content);

const pixels = lenient(z.int().min(1).max(100_000));
const milliseconds = lenient(z.number().min(0).transform(Math.round));
const fileInfo = z.object({
  mimetype: lenient(z.string().max(200)),
  size: lenient(z.int().min(0)),
  w: pixels,
  h: pixels,
  duration: milliseconds,
  'xyz.amorgan.blurhash': lenient(z.string().regex(/^[\x21-\x7e]{6,200}$/)),
});
const audio = z.object({ duration: milliseconds, waveform: lenient(z.array(z.int().min(0).max(1024)).max(1000)) });

/** What a message says of the file that it carries. Source: client-server API, "Instant messaging"; MSC1767, MSC2448, MSC3245. */
const fileContent = z
  .object({
    url: lenient(z.string()),
    /** Present where its bytes are encrypted. */
    file: lenient(object),
    info: fileInfo.catch({}).default({}),
    'org.matrix.msc3245.voice': lenient(object),
    'org.matrix.msc1767.audio': lenient(audio),
  })
  .transform(({ url, file, info, 'org.matrix.msc3245.voice': voice, 'org.matrix.msc1767.audio': sound }) => ({
    url,
    file,
    voice,
    audio: sound,
    info: {
      mime: info.mimetype ?? '',
      bytes: info.size,
      width: info.w,
      height: info.h,
      durationMs: info.duration,
      blurhash: info['xyz.amorgan.blurhash'],
    },
  }));
export type FileContent = z.infer<typeof fileContent>;
export const readFile = (content: JsonObject): FileContent => fileContent.parse(content);

const member = z.object({ membership: lenient(z.string()), displayname: lenient(z.string()) });
export type MemberContent = z.infer<typeof member>;
export const readMember = (content: JsonObject): MemberContent => member.parse(content);

const redaction = z.object({ redacts: lenient(eventId) });
export const readRedaction = (content: JsonObject): z.infer<typeof redaction> => redaction.parse(content);

const roomState = z.object({
  name: lenient(z.string()),
  topic: lenient(z.string()),
  'm.topic': lenient(z.object({ 'm.text': lenient(z.array(z.object({ body: z.string() }))) })),
  url: lenient(z.string()),
  alias: lenient(z.string()),
  info: lenient(z.object({ mimetype: lenient(z.string()), size: lenient(z.int().min(0)) })),
});
export type RoomStateContent = z.infer<typeof roomState>;
export const readRoomState = (content: JsonObject): RoomStateContent => roomState.parse(content);

const profile = z.object({ displayname: lenient(z.string()), avatar_url: lenient(z.string()) });
export type ProfileContent = z.infer<typeof profile>;
export const readProfile = (content: JsonObject): ProfileContent => profile.parse(content);
