import { opened } from './bot-receiver.js';
import { numberMark, textMark } from './marks.js';
import type { Recorded, RecordedStep, Template } from './recorded.types.js';
import { folded, shapeOf } from './shapes.js';

/** A recording as it lies beside the project. */
export interface WholeRecording {
  readonly recording: string;
  readonly about: string;
  readonly server: string;
  readonly steps: readonly WholeStep[];
}

interface WholeStep {
  readonly step: string;
  readonly as?: string | null;
  readonly session?: string | null;
  readonly server?: string;
  readonly webhooks?: readonly { readonly body: string }[];
  readonly request?: {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, unknown>> | null;
    readonly headers?: Readonly<Record<string, string>> | null;
    readonly body?: unknown;
  };
  readonly response?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>> | null;
    readonly body?: unknown;
  };
}

const api = '/ocs/v2.php/apps/spreed/api';
const firstServer = '127.0.0.1:8090';
const secondServer = '127.0.0.1:8091';
const people = ['admin', 'alice', 'bob', 'carol', 'bridge-bot', 'dora', 'system'];

/** Numbers that a server gives, by the field that holds them. An `id` is known by what it is the id of. */
const numberKinds: Readonly<Record<string, string>> = {
  attendeeId: 'attendee',
  remoteAttendeeId: 'attendee',
  threadId: 'message',
  messageId: 'message',
  lastMessageId: 'message',
  firstMessageId: 'message',
  item_source: 'file',
  file_source: 'file',
  internalId: 'bot',
};
/** Texts that a server gives and that come again. */
const textKinds: Readonly<Record<string, string>> = {
  token: 'token',
  roomToken: 'token',
  localToken: 'token',
  remoteToken: 'token',
  sessionId: 'session',
};
/** Values that each server chooses by itself. Only what they are is compared. */
const anyValue = new Set(
  (
    'timestamp lastEditTimestamp lastActivity lastReadMessage lastCommonReadMessage lastPing callStartTime lobbyTimer expirationTimestamp ' +
    'avatarVersion etag size mtime storage share_id stime link server url url_src login endpoint apppassword version string micro minor major ' +
    'edition unreadMessages remoteServer blurhash parent_id item_parent file_parent storage_id has_preview quota free used total relative ' +
    'lastLogin firstLoginTimestamp lastLoginTimestamp item_mtime item_size storageLocation lastUpdated created createdTimestamp bannedTime ' +
    'roomId url_hash permissions_of_file appPassword extendedSupport'
  ).split(' '),
);
/** What belongs to the installation. */
const anyTree = new Set([
  'capabilities',
  'config',
  'features',
  'features-local',
  'config-local',
  'stunservers',
  'turnservers',
  'helloAuthParams',
  'ticket',
]);

const idsInPaths: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/\/bot\/[^/]+\/reaction\/$/, 'message'],
  [/\/(?:reaction|chat)\/[^/]+\/(?:threads\/)?$/, 'message'],
  [/\/bot\/[^/]+\/$/, 'bot'],
  [/\/poll\/[^/]+\/(?:draft\/)?$/, 'poll'],
  [/\/ban\/[^/]+\/$/, 'ban'],
  [/\/invitation\/$/, 'invitation'],
  [/\/(?:dialout|ring)\/$/, 'attendee'],
];
const idsInRequests: Readonly<Record<string, string>> = {
  modifiedSince: 'since',
  lastKnownMessageId: 'message',
  lastCommonReadId: 'message',
  replyTo: 'message',
  threadId: 'message',
  lastReadMessage: 'message',
  fromMessageId: 'message',
  attendeeId: 'attendee',
  participant: 'attendee',
  fileId: 'file',
};

/** Pure: what of a recording is needed to ask the same again and to compare the answers, without what each server chooses itself. */
export function condense(recording: WholeRecording): Recorded {
  const { recording: name, about, server, steps } = recording;
  const condenser = new Condenser();
  const condensed = steps.flatMap((step) => condenser.step(step));
  const webhooks = steps.flatMap((step) => step.webhooks ?? []).map(({ body }) => condenser.webhook(JSON.parse(body)));
  return { recording: name, about, server, steps: condensed, ...(webhooks.length === 0 ? {} : { webhooks }) };
}

class Condenser {
  /** The marks of values that were given in an answer, by kind and value, or by the value where it is a text. */
  readonly #numbers = new Set<string>();
  readonly #texts = new Map<string, string>();

  step({ step, as, session, server, request, response }: WholeStep): RecordedStep[] {
    if (request === undefined || response === undefined) return [];
    const { method, path, query, headers, body } = request;
    const isPlain = /login\/v2|remote\.php|index\.php|without the OCS/.test(path + step);
    const bytes = isMap(body) && typeof body['base64'] === 'string' ? body['base64'] : undefined;
    const asked = {
      says: step,
      ...(typeof as === 'string' ? { as } : {}),
      ...(typeof session === 'string' ? { browser: session } : {}),
      ...(server === 'peer' ? { at: 'peer' as const } : {}),
      ask: `${method} ${this.#path(path)}`,
      ...(isPlain ? { plain: true as const } : {}),
      ...(isMap(query) ? { query: this.#asked(query) as Record<string, Template> } : {}),
      ...(isMap(headers)
        ? { headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, this.#text(value)])) }
        : {}),
      ...(bytes === undefined ? {} : { bytes }),
      ...(bytes === undefined && body !== null && body !== undefined ? { send: this.#asked(body) } : {}),
      ...(/woken by a message/.test(step) ? { meanwhile: spoken(response.body) } : {}),
    };
    const answers = this.#headers(response.headers ?? {});
    const data = this.#body(response.body);
    return [
      {
        ...asked,
        status: response.status,
        ...(Object.keys(answers).length === 0 ? {} : { answers }),
        ...(data === undefined ? {} : { data }),
      },
    ];
  }

  /** A note's id is that of the message. */
  webhook(body: unknown): Template {
    const named = (value: unknown): Template => {
      if (Array.isArray(value)) return value.map(named);
      if (!isMap(value)) return typeof value === 'string' ? this.#text(value) : (value as Template);
      const isNote = value['type'] === 'Note' && typeof value['id'] === 'string';
      const found = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, named(item)]));
      return isNote ? { ...found, id: textMark('message', String(value['id'])) } : found;
    };
    return named(opened(body));
  }

  #headers(headers: Readonly<Record<string, string>>): Record<string, Template> {
    const found: Record<string, Template> = {};
    for (const [name, value] of Object.entries(headers)) {
      if (name === 'x-chat-last-given') found[name] = this.#number('message', Number(value));
      else if (name === 'x-nextcloud-talk-modified-before') found[name] = this.#number('since', Number(value));
      else if (name.startsWith('x-')) found[name] = null;
      else if (name === 'content-type' && !/json|text\/html/.test(value)) found[name] = value;
    }
    return found;
  }

  /** Undefined for what is not compared: pictures and others' own words. */
  #body(body: unknown): Template | undefined {
    if (typeof body === 'string') return body === '' || /^(some notes|name,email)/.test(body) ? body : undefined;
    if (body === null || body === undefined) return undefined;
    const data: unknown = isMap(body) && isMap(body['ocs']) ? body['ocs']['data'] : body;
    return this.#given(data, '');
  }

  #given(value: unknown, key: string): Template {
    if (anyTree.has(key) && typeof value === 'object') return Array.isArray(value) ? '‹list›' : '‹object›';
    if (key === 'ticket') return '‹text›';
    if (Array.isArray(value)) return this.#givenList(value, key);
    if (isMap(value)) return this.#givenMap(value, key);
    if (key === 'sessionIds') return typeof value === 'string' ? this.#word('session', value) : null;
    if (typeof value === 'number') return this.#givenNumber(value, key);
    if (typeof value === 'string') return this.#givenText(value, key);
    return typeof value === 'boolean' ? value : null;
  }

  #givenList(list: readonly unknown[], key: string): Template {
    const isSample = (item: unknown): boolean => isMap(item) && item['objectType'] === 'sample';
    const items = list.filter((item) => !isSample(item)).map((item) => this.#given(item, key));
    const isLoose =
      list.length > 0 && list.every((item) => isMap(item) && ('breakoutRoomMode' in item || 'inCall' in item));
    return isLoose ? { 'in any order': items } : items;
  }

  #givenMap(map: Readonly<Record<string, unknown>>, key: string): Template {
    const entries = Object.entries(map);
    const isById = entries.length > 0 && entries.every(([id, value]) => isMap(value) && String(value['id']) === id);
    if (isById) return { 'by id': entries.map(([, value]) => this.#given(value, '')) };
    const idKind = kindOfId(map, key);
    const whole = Object.fromEntries(
      entries.map(([name, value]) => {
        if (name === 'id' && idKind !== undefined) return [name, this.#id(idKind, value)];
        if (name === 'permissions' && map['type'] === 'file') return [name, '‹text›'];
        return [name, this.#given(value, name)];
      }),
    );
    const shape = shapeOf(whole);
    return shape === undefined ? whole : folded(shape, whole);
  }

  #id(kind: string, value: unknown): Template {
    if (typeof value === 'number') return this.#number(kind, value);
    const text = String(value);
    if (kind === 'message') return text.replace(/\d+$/, (digits) => numberMark(kind, Number(digits)));
    return textMark(kind, text);
  }

  #givenNumber(value: number, key: string): Template {
    if (anyValue.has(key))
      return (key === 'expirationTimestamp' || key === 'callStartTime') && value === 0 ? 0 : '‹number›';
    const kind = numberKinds[key];
    return kind === undefined || value <= 0 ? value : this.#number(kind, value);
  }

  #givenText(value: string, key: string): Template {
    const kind = textKinds[key];
    if (kind !== undefined && value.length > 1) return this.#word(kind, value);
    if (anyValue.has(key)) return '‹text›';
    if (/^(actorId|item_source)$/.test(key) && /^(bot-)?[0-9a-f]{40,64}$/.test(value))
      return this.#word('actor', value);
    if (key === 'displayname_link' || /^\/\{TALK_PLACEHOLDER\}/.test(value)) return value;
    return this.#text(value);
  }

  #number(kind: string, value: number): string {
    this.#numbers.add(`${kind} ${value}`);
    return numberMark(kind, value);
  }

  #word(kind: string, value: string): string {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    // A session is long and says nothing: its beginning tells it from others.
    const written = textMark(kind, kind === 'session' ? value.slice(0, 8) : value);
    this.#texts.set(value, written);
    return written;
  }

  #path(path: string): string {
    let done = '';
    for (const part of path.split(/(?<=\/)/)) {
      const [, value = '', slash = ''] = /^(.*?)(\/?)$/.exec(part) ?? [];
      const kind = /^\d+$/.test(value) ? idsInPaths.find(([pattern]) => pattern.test(done))?.[1] : undefined;
      const isKnown = kind !== undefined && this.#numbers.has(`${kind} ${value}`);
      done += (isKnown ? numberMark(kind, Number(value)) : this.#text(value)) + slash;
    }
    return done.replace(api, '~');
  }

  #asked(value: unknown, key = ''): Template {
    if (Array.isArray(value)) return value.map((item) => this.#asked(item, key));
    if (isMap(value))
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#asked(item, name)]));
    const kind = idsInRequests[key];
    const isId = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
    if (kind !== undefined && isId && this.#numbers.has(`${kind} ${String(value)}`))
      return numberMark(kind, Number(value));
    if (typeof value === 'string') return this.#text(value);
    return typeof value === 'number' || typeof value === 'boolean' ? value : null;
  }

  /** With marks in place of servers and of what was given before. */
  #text(text: string): string {
    if (people.includes(text)) return text;
    let found = text;
    const known = [...this.#texts].sort(([a], [b]) => b.length - a.length);
    for (const [value, written] of known) found = found.replaceAll(value, written);
    return found
      .replaceAll(`http://${firstServer}`, '‹base›')
      .replaceAll(`http://${secondServer}`, '‹peer›')
      .replaceAll(firstServer, '‹host›')
      .replaceAll(secondServer, '‹peerhost›')
      .replaceAll(/\/avatar\?v=[0-9A-Za-z]+/g, '/avatar?v=‹text›')
      .replaceAll(/\/f\/\d+$/g, '/f/‹text›');
  }
}

/** What an object's `id` is the id of. */
function kindOfId(map: Readonly<Record<string, unknown>>, key: string): string | undefined {
  if ('systemMessage' in map || key === 'parent' || key === 'thread') return 'message';
  if ('breakoutRoomMode' in map) return 'room';
  if ('resultMode' in map || map['type'] === 'talk-poll') return 'poll';
  if ('bannedActorType' in map) return 'ban';
  if ('localCloudId' in map) return 'invitation';
  if ('share_type' in map) return 'share';
  if ('description' in map && 'state' in map) return 'bot';
  if (map['type'] === 'file') return 'file';
  return map['type'] === 'highlight' && /^thread\/\d+$/.test(String(map['id'])) ? 'message' : undefined;
}

/** What the sender says meanwhile, as the answer that was waited for has it. */
function spoken(body: unknown): { readonly as: string; readonly message: string } {
  const data = isMap(body) && isMap(body['ocs']) ? body['ocs']['data'] : undefined;
  const isWoken = Array.isArray(data) && data.length > 0;
  return { as: 'alice', message: isWoken ? 'Hello **world**, @bob and @all! https://example.org' : '' };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
