import type { Row } from './matrix-in-talk.js';

/** Replies, threads, edits, reactions and what is taken back. */
export const answered: readonly Row[] = [
  [
    'element web: reply with the fallback',
    { answers: 'element x: plain', text: '**mia** (Matrix): me, if @\u200blena helps' },
  ],
  [
    'element web: reply without the fallback',
    { answers: 'element x: plain', text: '**mia** (Matrix): I have the *other* key' },
  ],
  [
    'element web: reply to a reply, with the fallback',
    { answers: 'element web: reply with the fallback', text: '**noah** (Matrix): fine\n\n- one\n- two' },
  ],
  [
    'element web: reply to oneself',
    { answers: 'element web: reply with the fallback', text: '**mia** (Matrix): I meant **two**' },
  ],
  [
    'element web: reply to a formatted message of several lines, with the fallback',
    { answers: 'element web: something to link to', text: '**noah** (Matrix): agreed' },
  ],
  ['element web: emote to reply to', '**noah** (Matrix) yawns'],
  [
    'element web: reply to an emote, with the fallback',
    { answers: 'element web: emote to reply to', text: '**mia** (Matrix): coffee?' },
  ],
  ['element web: reply as an emote, with the fallback', { answers: 'element x: plain', text: '**mia** (Matrix) nods' }],
  ['element x: reply', { answers: 'element x: plain', text: '**mia** (Matrix): I can' }],
  [
    'element x: reply with formatting and a mention',
    { answers: 'element web: reply with the fallback', text: '**noah** (Matrix): **yes**, mia' },
  ],
  ['cinny: reply', { answers: 'element x: plain', text: '**noah** (Matrix):\n\n> who?\n\nme' }],
  [
    'cinny: reply to a formatted message, formatted',
    { answers: 'element web: something to link to', text: '**noah** (Matrix): **me** too' },
  ],
  ['nheko: reply', { answers: 'element x: plain', text: '**lena** (Matrix): on my way' }],
  [
    'nheko: reply, formatted',
    { answers: 'element web: something to link to', text: '**lena** (Matrix): **on** my way' },
  ],
  ['fluffychat: reply', { answers: 'element x: plain', text: '**lena** (Matrix): I bring > two\nkeys & a lamp' }],
  [
    'fluffychat: reply to a formatted message, formatted',
    { answers: 'element web: something to link to', text: '**lena** (Matrix): *good* plan' },
  ],
  ['reply: m.in_reply_to names an event that does not exist', '**noah** (Matrix): to nobody'],
  [
    'reply: a fallback in the body and none in the html',
    { answers: 'element x: plain', text: '**noah** (Matrix): both **lines**' },
  ],
  [
    'reply: the relation is missing, only the quote is there',
    '**noah** (Matrix): \\> <@mia:real.test> the relation\n\nis lost',
  ],
  ['cinny: to be edited', '**noah** (Matrix): The bus leaves at nien'],
  ['cinny: edit', { edits: 'cinny: to be edited', text: '**noah** (Matrix): The bus leaves at **nine**' }],
  ['fluffychat: to be edited', '**lena** (Matrix): see you at tne'],
  ['fluffychat: edit', { edits: 'fluffychat: to be edited', text: '**lena** (Matrix): see you at *ten*' }],
  ['element web: to be edited', '**mia** (Matrix): Sound check at five'],
  ['element web: edit', { edits: 'element web: to be edited', text: '**mia** (Matrix): Sound check at **six**' }],
  [
    'element web: edit of the same message again, adding a mention',
    { edits: 'element web: to be edited', text: '**mia** (Matrix): Sound check at **seven**, @\u200bnoah' },
  ],
  ['edit: that names an edit as its target', { skipped: 'what it is about is not in this room' }],
  [
    'element web: edit of a reply that has the fallback',
    { edits: 'element web: reply with the fallback', text: '**mia** (Matrix): me, if nobody **else** wants to' },
  ],
  [
    'element web: edit of a long message to one line',
    { edits: 'element web: something to link to', text: '**mia** (Matrix): Minutes follow' },
  ],
  ['element web: edit to an emote', { edits: 'element web: to be edited', text: '**mia** (Matrix) gives up' }],
  ['element x: to be edited', '**noah** (Matrix): ticktes are sold out'],
  ['element x: edit', { edits: 'element x: to be edited', text: '**noah** (Matrix): tickets are **sold** out' }],
  ['edit: without new content', { edits: 'element x: to be edited', text: '**noah** (Matrix): tickets!' }],
  ['edit: by another person than the author', { ignored: 'm.replace by somebody else than the author' }],
  ['reaction: with a variation selector', { reacts: '👍', to: 'element x: to be edited' }],
  ['reaction: without a variation selector', { reacts: '👍', to: 'element x: to be edited' }],
  ['reaction: heart, with a variation selector', { reacts: '❤️', to: 'element x: to be edited' }],
  ['reaction: heart, without', { reacts: '❤️', to: 'element x: to be edited' }],
  ['reaction: with a skin tone', { reacts: '👍🏾', to: 'element x: to be edited' }],
  ['reaction: joined emoji', { reacts: '👩🏾‍🚀', to: 'element x: to be edited' }],
  ['reaction: a flag', { reacts: '🇳🇱', to: 'element x: to be edited' }],
  ['reaction: a word', { skipped: 'the room takes emoji only as reactions' }],
  ['reaction: a custom picture', { skipped: 'the room takes emoji only as reactions' }],
  [
    'reaction: a custom picture with a shortcode of another form',
    { skipped: 'the room takes emoji only as reactions' },
  ],
  ['redaction: of a reaction, by the author', { deletes: 'reaction: with a variation selector' }],
  ['redaction: a message before', '**noah** (Matrix): never mind this'],
  ['redaction: of a message, by the author', { deletes: 'redaction: a message before' }],
  ['redaction: another message before', '**noah** (Matrix): spam spam spam'],
  ['redaction: of a message, by a moderator, with a reason', { deletes: 'redaction: another message before' }],
  ['redaction: of an edit', { edits: 'element web: to be edited', text: '**mia** (Matrix): Sound check at five' }],
  ['reaction: to be taken back', { reacts: '🤡', to: 'element x: to be edited' }],
  ['redaction: of a reaction, by a moderator', { deletes: 'reaction: to be taken back' }],
  ['element web: root of a thread', '**mia** (Matrix): Where do the bikes go?'],
  [
    'element web: in a thread',
    { inThread: 'element web: root of a thread', text: '**noah** (Matrix): behind the hall' },
  ],
  [
    'element web: in a thread, a reply',
    {
      inThread: 'element web: root of a thread',
      answers: 'element web: in a thread',
      text: '**mia** (Matrix): there is a **rack**',
    },
  ],
  ['element x: in a thread', { inThread: 'element web: root of a thread', text: '**noah** (Matrix): and a pump' }],
  [
    'element x: in a thread, a reply',
    {
      inThread: 'element web: root of a thread',
      answers: 'element web: in a thread',
      text: '**mia** (Matrix): two pumps',
    },
  ],
  ['thread: without a reply', { inThread: 'element web: root of a thread', text: '**lena** (Matrix): and a lock' }],
  ['reaction: on a message in a thread', { reacts: '🚲', to: 'element web: in a thread' }],
  ['mautrix bot: a reply', { answers: 'element x: plain', silent: true, text: '**lena** (Matrix): *42* tickets left' }],
  ['reaction: content is empty', { ignored: 'm.reaction to nothing' }],
  ['reaction: the relation is of another type', { ignored: 'm.reaction to nothing' }],
  ['redaction: in a version 10 room', { deletes: 'version 10 room: a message' }],
];
