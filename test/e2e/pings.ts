import type { JsonObject } from '../../src/sandbox/slack/state/json.js';
import type { Side } from './reference-model.js';
import type { World } from './world.js';

/** Whom the messages of a room ring for whose words, or the name of whose file, hold `text`, as its server and its people's clients have it. */
export function pings(world: World, side: Side, text: string): string[] {
  const found = said[side](world).filter((each) => each.shown.includes(text));
  return [...new Set(found.flatMap(({ rings }) => rings))].sort();
}

interface Said {
  readonly shown: string;
  readonly rings: readonly string[];
}

const said: Readonly<Record<Side, (world: World) => readonly Said[]>> = {
  talk: ({ talk, rooms: [room] }) =>
    talk.messages(room?.talk ?? '').map(({ parent: _, ...row }) => {
      const { message, messageParameters } = row;
      const parameters = Object.entries(messageParameters as Readonly<Record<string, JsonObject>>);
      const named = parameters.filter(([name]) => name.startsWith('mention-') && String(message).includes(`{${name}}`));
      return { shown: JSON.stringify(row), rings: named.map(([, each]) => String(each['mention-id'])) };
    }),
  matrix: ({ matrix, rooms: [room] }) =>
    matrix.messages(room?.matrix ?? '').map(({ type, content }) => {
      const mentions = content['m.mentions'] as { user_ids?: readonly string[]; room?: boolean } | undefined;
      // What names nobody is searched by clients for names, and for `@room`.
      const isSearched = type === 'm.room.message' && mentions === undefined;
      return {
        shown: JSON.stringify(content),
        rings: isSearched ? ['whoever is named'] : [...(mentions?.user_ids ?? []), ...(mentions?.room ? ['room'] : [])],
      };
    }),
  slack: ({ slack, rooms: [room] }) =>
    slack.sandbox.messages(room?.slack ?? '').map((message) => {
      const { blocks = [], text } = message;
      // Without blocks the text is what is read, else it is for notifications.
      const marks = marksIn(String(text));
      return { shown: JSON.stringify(message), rings: [...marks, ...elementsIn(blocks)] };
    }),
};

/** Whom elements of blocks name, and what texts of blocks have of marks that ring. */
function elementsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(elementsIn);
  if (typeof value !== 'object' || value === null) return [];
  const element = value as JsonObject;
  switch (element['type']) {
    case 'user':
      return [String(element['user_id'])];
    case 'usergroup':
      return [String(element['usergroup_id'])];
    case 'broadcast':
      return [String(element['range'])];
    case 'mrkdwn':
      return marksIn(String(element['text']));
    default:
      return Object.values(element).flatMap(elementsIn);
  }
}

/** Whom marks in a text ring for: `<@U012|name>`, `<!channel>`. */
function marksIn(text: string): string[] {
  return [...text.matchAll(/<[@!]([^>|]*)(?:\|[^>]*)?>/g)].map(([, id = '']) => id);
}

/** Whether a room shows something with `text` in it. */
export function isShown(world: World, side: Side, text: string): boolean {
  return said[side](world).some(({ shown }) => shown.includes(text));
}
