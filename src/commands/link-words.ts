import type { LinkWish, WishedRoom } from '../links/link-wish.js';
import { speakerWishes } from '../model/capabilities.js';
import { type AccountId, accountId } from '../model/ids.js';
import type { LinkOptions } from '../model/link-options.js';
import { nearest } from '../settings/nearest.js';
import { mirrorSchema } from '../settings/settings.schema.js';
import { type CommandCall, textsOf, UsageError } from './command.js';

const directions = ['in', 'out', 'both'] as const;
type Direction = (typeof directions)[number];

interface Pair {
  readonly account: AccountId;
  readonly value: string;
}

/** Pure: what the words after `crosstalk link NAME` ask for. Throws UsageError. */
export function linkWishOf(key: string, call: Pick<CommandCall, 'options'>): LinkWish {
  const named = pairs(call, 'room').map(({ account, value }): WishedRoom => ({ account, wanted: { room: value } }));
  const invitations = pairs(call, 'invite');
  const created = pairs(call, 'create').map(({ account, value }): WishedRoom => {
    const invite = invitations.filter((it) => it.account === account).map((it) => it.value);
    return { account, wanted: { create: { name: value, invite } } };
  });
  const stray = invitations.find(({ account }) => !created.some((room) => room.account === account));
  if (stray !== undefined)
    throw new UsageError(`--invite ${stray.account}=… goes with --create ${stray.account}=NAME.`);
  const turned = withDirections([...named, ...created], turnsIn(call));
  const mirror = mirrorIn(call);
  const { rooms, speakers } = withSpeakers(turned.rooms, speakersIn(call));
  if (rooms.length + turned.turns.length + speakers.length + Object.keys(mirror).length === 0) {
    throw new UsageError('What is to be linked or changed? Name rooms, directions, who speaks or what is mirrored.');
  }
  return { key, rooms, turns: turned.turns, ...(speakers.length === 0 ? {} : { speakers }), mirror };
}

/** `ACCOUNT=VALUE`: an account's key has no =, so the first one parts them whatever the value holds. */
function pairs(call: Pick<CommandCall, 'options'>, option: string): Pair[] {
  return textsOf(call, option).map((text) => {
    const { account, value } = parted(text);
    if (account === '' || value === undefined || value === '')
      throw new UsageError(`--${option} ${text}: write --${option} ACCOUNT=${option === 'room' ? 'ROOM' : 'NAME'}.`);
    return { account: accountId(account), value };
  });
}

function parted(text: string): { readonly account: string; readonly value?: string } {
  const at = text.indexOf('=');
  return at < 0 ? { account: text } : { account: text.slice(0, at), value: text.slice(at + 1) };
}

function turnsIn(call: Pick<CommandCall, 'options'>): LinkWish['turns'] {
  return directions.flatMap((direction: Direction) =>
    textsOf(call, direction).map((text) => {
      const { account, value } = parted(text);
      if (account === '' || value === '') throw new UsageError(`--${direction} ${text}: write --${direction} ACCOUNT.`);
      return { account: accountId(account), direction, ...(value === undefined ? {} : { room: value }) };
    }),
  );
}

/** A direction goes to the room of the same call that it names, else to one that the link has already. */
function withDirections(rooms: WishedRoom[], turns: LinkWish['turns']): Pick<LinkWish, 'rooms' | 'turns'> {
  const directed = [...rooms];
  const others: LinkWish['turns'][number][] = [];
  const seen = new Set<string>();
  for (const turn of turns) {
    const { account, room, direction } = turn;
    const name = room === undefined ? account : `${account}=${room}`;
    if (seen.has(name)) throw new UsageError(`${name} is given two directions.`);
    seen.add(name);
    const places = [...directed.keys()].filter((at) => {
      const it = directed[at];
      return it?.account === account && (room === undefined || written(it) === room);
    });
    const [at] = places;
    if (places.length > 1) throw new UsageError(`Which room of ${account}? Write --${direction} ${account}=ROOM.`);
    const found = at === undefined ? undefined : directed[at];
    if (at === undefined || found === undefined) others.push(turn);
    else directed[at] = { ...found, direction };
  }
  return { rooms: directed, turns: others };
}

type Speakers = NonNullable<LinkWish['speakers']>;

/** What stands behind the last = says who: a room's id may hold one too. */
function speakersIn(call: Pick<CommandCall, 'options'>): Speakers {
  return textsOf(call, 'speaker').map((text) => {
    const at = text.lastIndexOf('=');
    const { account, value } = parted(text.slice(0, Math.max(at, 0)));
    const speaker = speakerWishes.find((wish) => wish === text.slice(at + 1));
    if (speaker === undefined || account === '' || value === '') {
      throw new UsageError(
        `--speaker ${text}: write --speaker ACCOUNT=${speakerWishes.join(', or --speaker ACCOUNT=')}.`,
      );
    }
    return { account: accountId(account), speaker, ...(value === undefined ? {} : { room: value }) };
  });
}

/** Of the room of the same call that it names, else of one that the link has already. */
function withSpeakers(
  rooms: readonly WishedRoom[],
  given: Speakers,
): { readonly rooms: WishedRoom[]; readonly speakers: Speakers } {
  const spoken = [...rooms];
  const speakers = given.filter(({ account, room, speaker }) => {
    const places = [...spoken.keys()].filter((at) => {
      const it = spoken[at];
      return it?.account === account && (room === undefined || written(it) === room);
    });
    if (places.length > 1)
      throw new UsageError(`Which room of ${account}? Write --speaker ${account}=ROOM=${speaker}.`);
    const [at] = places;
    const found = at === undefined ? undefined : spoken[at];
    if (at === undefined || found === undefined) return true;
    spoken[at] = { ...found, speaker };
    return false;
  });
  return { rooms: spoken, speakers };
}

const written = ({ wanted }: WishedRoom): string => ('room' in wanted ? wanted.room : wanted.create.name);

const words: Readonly<Record<string, unknown>> = { on: true, true: true, off: false, false: false };

function mirrorIn(call: Pick<CommandCall, 'options'>): Partial<LinkOptions> {
  const mirror: Record<string, unknown> = {};
  for (const text of textsOf(call, 'mirror')) {
    const { account: name, value } = parted(text);
    const known = Object.keys(mirrorSchema.shape);
    const schema = Object.entries(mirrorSchema.shape)
      .find(([key]) => key === name)?.[1]
      .unwrap();
    if (schema === undefined) {
      const meant = nearest(name, known);
      throw new UsageError(
        `--mirror ${text}: ${meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`}`,
      );
    }
    // `off` is a word of its own where more can be said than on and off.
    const parsed = [value, words[value ?? '']].map((it) => schema.safeParse(it)).find((it) => it.success);
    if (value === undefined || parsed?.success !== true) {
      throw new UsageError(`--mirror ${text}: write ${name}=${choices(schema).join(`, or ${name}=`)}.`);
    }
    mirror[name] = parsed.data;
  }
  return mirror;
}

type MirrorSchemas = typeof mirrorSchema.shape;

function choices(schema: ReturnType<MirrorSchemas[keyof MirrorSchemas]['unwrap']>): readonly string[] {
  return 'options' in schema ? schema.options : ['on', 'off'];
}
