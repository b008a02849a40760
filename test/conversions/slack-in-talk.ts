import { relayedTexts } from '../../src/adapters/talk/to-talk.js';
import type { StoredEvent } from '../../src/adapters/slack/slack.payloads.js';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { accountId, userId } from '../../src/model/ids.js';
import { type Elsewhere, nameOf, onlyEvent, read, shownElsewhere } from './slack-captured.js';

const account = 'cloud';

/** What Talk 22 can show. Ben has an account there. */
const talk: Elsewhere = {
  capabilities: {
    speakers: ['relay'],
    maxTextChars: 32_000,
    maxFileBytes: 0,
    replies: 'quote',
    threads: 'titled',
    reactions: 'emoji',
    maxReactionsPerSpeaker: Number.MAX_SAFE_INTEGER,
  },
  entries: new Set([
    'messageSent',
    'messageEdited',
    'messageDeleted',
    'reactionAdded',
    'reactionRemoved',
    'roomChanged',
  ]),
  people: {
    personOn: (to, { id }) => (to === account && id === 'U0BEN00002' ? userId('users/ben') : undefined),
    linkedRoom: () => Promise.resolve(undefined),
  },
};

/** The texts that our account posts in Talk for an event; none where it posts nothing. */
export async function textsInTalk(event: StoredEvent['event']): Promise<readonly string[]> {
  const found = onlyEvent(read(event));
  const shown = found === undefined ? undefined : await shownElsewhere(found, account, talk);
  if (shown === undefined || 'skip' in shown) return [];
  return textsOf(shown.event, shown.by);
}

function textsOf(event: BridgeEvent, by: 'person' | 'bridge'): readonly string[] {
  if (event.kind !== 'messageSent' && event.kind !== 'messageEdited') return [];
  const { actor: person } = event;
  const speaker = { person, networkLabel: 'Slack', profile: { name: person.name } };
  const place = { account: accountId(account), baseUrl: 'https://cloud.example.org', maxChars: 32_000 };
  return relayedTexts(event, { ...speaker, as: by === 'bridge' ? 'bridge' : 'relay' }, place);
}

/** What becomes of an event in Talk: the Markdown that our account posts, with what else there is to say of it; or why nothing does. */
export async function inTalk(event: StoredEvent['event']): Promise<unknown> {
  const result = read(event);
  const found = onlyEvent(result);
  if (found === undefined) return result;
  if (found.actor.standing === 'ours') return { ours: found.kind };
  const shown = await shownElsewhere(found, account, talk);
  if ('skip' in shown) return { skipped: shown.skip };
  return told(shown.event, textsOf(shown.event, shown.by));
}

function told(event: BridgeEvent, texts: readonly string[]): unknown {
  const text = texts.length === 1 ? texts[0] : texts;
  switch (event.kind) {
    case 'messageSent': {
      const { replyTo, thread, attention } = event;
      if (replyTo === undefined && thread === undefined && attention === undefined) return text;
      return {
        ...(thread === undefined ? {} : { inThread: nameOf(thread.id) }),
        ...(replyTo === undefined ? {} : { answers: nameOf(replyTo.id) }),
        ...(attention === undefined ? {} : { silent: true }),
        text,
      };
    }
    case 'messageEdited':
      return { edits: nameOf(event.message.id), text };
    case 'messageDeleted':
      return { deletes: nameOf(event.message.id) };
    case 'reactionAdded':
      return { reacts: event.emoji, to: nameOf(event.message.id) };
    case 'reactionRemoved':
      return { takesBack: event.emoji, from: nameOf(event.message.id) };
    case 'roomChanged':
      return { changes: event.change };
    default:
      return { kind: event.kind };
  }
}
