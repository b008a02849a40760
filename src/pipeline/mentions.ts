import { changeInlines } from '../formatting/change-inlines.js';
import type { BridgeEvent } from '../model/bridge-event.js';
import type { AccountId, RoomId, RoomRef, UserId } from '../model/ids.js';
import type { Mention, RichText } from '../model/rich-text.js';

/** Who and what people and rooms are elsewhere. */
export interface MentionLookup {
  /** The person's id on another account. */
  personOn(account: AccountId, user: { readonly account: AccountId; readonly id: UserId }): UserId | undefined;
  /** The room of an account that is in the same link as another room. */
  linkedRoom(room: RoomRef, account: AccountId): Promise<RoomId | undefined>;
}

/** The event with the people and rooms that it mentions named as they are on an account, where that is known. */
export async function translated(event: BridgeEvent, account: AccountId, lookup: MentionLookup): Promise<BridgeEvent> {
  if (event.kind !== 'messageSent' && event.kind !== 'messageEdited') return event;
  const translations = new Map<Mention, Mention>();
  for (const mention of mentionsIn(event.body)) {
    const translation = await translationOf(mention, account, lookup);
    if (translation !== undefined) translations.set(mention, translation);
  }
  if (translations.size === 0) return event;
  return { ...event, body: translateMentions(event.body, (mention) => translations.get(mention)) };
}

async function translationOf(
  mention: Mention,
  account: AccountId,
  lookup: MentionLookup,
): Promise<Mention | undefined> {
  switch (mention.kind) {
    case 'person': {
      const id = mention.user.account === account ? undefined : lookup.personOn(account, mention.user);
      return id === undefined ? undefined : { kind: 'person', user: { account, id } };
    }
    case 'room': {
      const id = mention.room.account === account ? undefined : await lookup.linkedRoom(mention.room, account);
      return id === undefined ? undefined : { kind: 'room', room: { account, id } };
    }
    case 'group':
    case 'everyone':
      return undefined;
  }
}

/** Whom or what a mention names on another account; undefined where that is not known. */
type Translate = (mention: Mention) => Mention | undefined;

function mentionsIn(body: RichText): Mention[] {
  const found: Mention[] = [];
  translateMentions(body, (mention) => {
    found.push(mention);
    return undefined;
  });
  return found;
}

/** The same text with its mentions translated; those that nobody can translate stay as they are. */
function translateMentions(body: RichText, translate: Translate): RichText {
  return changeInlines(body, (inline) =>
    inline.type === 'mention' ? [{ ...inline, of: translate(inline.of) ?? inline.of }] : [inline],
  );
}
