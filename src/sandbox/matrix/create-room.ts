import { isObject, type JsonObject } from './events.js';
import type { Homeserver } from './homeserver.js';
import { parseUserId } from './ids.js';
import { badJson, MatrixError, unknown } from './matrix-error.js';
import { changeMembership } from './memberships.js';
import { assignAlias } from './room-directory.js';
import type { Appservice } from './registration.js';
import type { Room } from './room.js';
import { defaultRoomVersion, roomVersions, type RoomVersion } from './room-versions.js';

interface Preset {
  readonly joinRule: string;
  readonly guestsCanJoin: boolean;
  readonly inviteesAreEqual: boolean;
  readonly powerLevels: JsonObject;
}

const presets: ReadonlyMap<unknown, Preset> = new Map(
  Object.entries({
    private_chat: { joinRule: 'invite', guestsCanJoin: true, inviteesAreEqual: false, powerLevels: { invite: 0 } },
    trusted_private_chat: {
      joinRule: 'invite',
      guestsCanJoin: true,
      inviteesAreEqual: true,
      powerLevels: { invite: 0 },
    },
    public_chat: {
      joinRule: 'public',
      guestsCanJoin: false,
      inviteesAreEqual: false,
      powerLevels: { 'm.call.invite': 50 },
    },
  }),
);

interface InitialState {
  readonly type: string;
  readonly stateKey: string;
  readonly content: JsonObject;
}

/** The body of `createRoom`, checked. */
interface RoomPlan {
  readonly version: RoomVersion;
  readonly preset: Preset;
  readonly isPublic: boolean;
  readonly alias: string | undefined;
  readonly invite: readonly string[];
  readonly initialState: readonly InitialState[];
  readonly createContent: JsonObject;
  readonly powerLevels: JsonObject;
  readonly name: string | undefined;
  readonly topic: string | undefined;
  readonly isDirect: boolean;
}

/** Creates a room as `createRoom` describes it and answers it. Throws 400 M_ROOM_IN_USE where its alias is taken. */
export function createRoom(
  server: Homeserver,
  creator: string,
  appservice: Appservice | undefined,
  body: JsonObject,
): Room {
  const plan = planRoom(server, creator, body);
  if (plan.alias !== undefined && appservice?.ownsAlias(plan.alias) === false) {
    throw new MatrixError(400, 'M_EXCLUSIVE', 'This application service has not reserved this kind of alias.');
  }
  if (plan.alias !== undefined && appservice === undefined && server.appservice?.reservesAlias(plan.alias) === true) {
    throw new MatrixError(400, 'M_EXCLUSIVE', 'This alias is reserved by an application service.');
  }
  const room = server.startRoom(plan.version, creator, plan.createContent);
  if (plan.isPublic) room.directory = 'public';
  const joined = { ...server.memberProfile(creator), membership: 'join' };
  server.append(room, { type: 'm.room.member', sender: creator, content: joined, stateKey: creator });
  if (plan.alias !== undefined) assignAlias(server, plan.alias, room, creator);
  for (const { type, stateKey, content } of firstState(plan, creator)) {
    server.append(room, { type, sender: creator, content, stateKey });
  }
  for (const target of plan.invite) {
    const content = plan.isDirect ? { is_direct: true } : {};
    changeMembership(server, { by: creator, target, roomId: room.id, action: 'invite', content });
  }
  return room;
}

function planRoom(server: Homeserver, creator: string, body: JsonObject): RoomPlan {
  const versionId = body.room_version ?? defaultRoomVersion;
  if (typeof versionId !== 'string') throw badJson('room_version must be a string');
  const version = roomVersions.get(versionId);
  if (version === undefined) {
    throw new MatrixError(400, 'M_UNSUPPORTED_ROOM_VERSION', 'Your homeserver does not support this room version');
  }
  const alias = planAlias(server, body.room_alias_name);
  const invite = Array.isArray(body.invite) ? (body.invite as unknown[]).map(String) : [];
  const wrong = invite.find((userId) => parseUserId(userId) === undefined);
  if (wrong !== undefined) throw unknown(400, `Invalid user_id: ${wrong}`);
  const powerLevels = isObject(body.power_level_content_override) ? body.power_level_content_override : {};
  if (version.creatorPower === 'listed' && isObject(powerLevels.users) && !(creator in powerLevels.users)) {
    throw unknown(400, `Not a valid power_level_content_override: 'users' did not contain ${creator}`);
  }
  const isPublic = body.visibility === 'public';
  const presetName: unknown = body.preset ?? (isPublic ? 'public_chat' : 'private_chat');
  const preset = presets.get(presetName);
  if (preset === undefined) throw badJson(`${JSON.stringify(presetName)} is not a valid preset`);
  return {
    version,
    preset,
    isPublic,
    alias,
    invite,
    initialState: planState(body.initial_state),
    createContent: planCreateContent(version, creator, body, preset, invite),
    powerLevels,
    name: textOf(body, 'name'),
    topic: textOf(body, 'topic'),
    isDirect: body.is_direct === true,
  };
}

function planAlias(server: Homeserver, name: unknown): string | undefined {
  if (name === undefined) return undefined;
  if (typeof name !== 'string' || /\s/.test(name)) throw unknown(400, 'Invalid characters in room alias');
  if (name.includes(':')) {
    throw unknown(
      400,
      "':' is not permitted in the room alias name. Please note this expects a local part — 'wombat', not '#wombat:example.com'.",
    );
  }
  const alias = `#${name}:${server.serverName}`;
  if (server.aliases.has(alias)) throw new MatrixError(400, 'M_ROOM_IN_USE', 'Room alias already taken');
  return alias;
}

function planState(value: unknown): readonly InitialState[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).filter(isObject).map((event) => ({
    type: String(event.type),
    stateKey: typeof event.state_key === 'string' ? event.state_key : '',
    content: isObject(event.content) ? event.content : {},
  }));
}

function planCreateContent(
  version: RoomVersion,
  creator: string,
  body: JsonObject,
  preset: Preset,
  invite: readonly string[],
): JsonObject {
  const content: JsonObject = {
    ...(isObject(body.creation_content) ? body.creation_content : {}),
    room_version: version.id,
  };
  if (version.creatorField) content.creator = creator;
  if (version.creatorPower === 'infinite' && preset.inviteesAreEqual && invite.length > 0) {
    const named = content.additional_creators;
    content.additional_creators = [...new Set([...(Array.isArray(named) ? (named as unknown[]) : []), ...invite])];
  }
  return content;
}

function textOf(body: JsonObject, key: string): string | undefined {
  const value = body[key];
  return typeof value === 'string' ? value : undefined;
}

/** The state after the creator's join, in the reference server's order. */
function firstState(plan: RoomPlan, creator: string): readonly InitialState[] {
  const own = (type: string): boolean =>
    plan.initialState.some((event) => event.type === type && event.stateKey === '');
  const state = (type: string, content: JsonObject): InitialState => ({ type, stateKey: '', content });
  const chosenPower = plan.initialState.find((event) => event.type === 'm.room.power_levels' && event.stateKey === '');
  return [
    chosenPower ?? state('m.room.power_levels', powerLevels(plan, creator)),
    ...(plan.alias !== undefined && !own('m.room.canonical_alias')
      ? [state('m.room.canonical_alias', { alias: plan.alias })]
      : []),
    ...(own('m.room.join_rules') ? [] : [state('m.room.join_rules', { join_rule: plan.preset.joinRule })]),
    ...(own('m.room.history_visibility') ? [] : [state('m.room.history_visibility', { history_visibility: 'shared' })]),
    ...(plan.preset.guestsCanJoin && !own('m.room.guest_access')
      ? [state('m.room.guest_access', { guest_access: 'can_join' })]
      : []),
    ...plan.initialState.filter((event) => event !== chosenPower),
    ...(plan.name === undefined ? [] : [state('m.room.name', { name: plan.name })]),
    ...(plan.topic === undefined
      ? []
      : [state('m.room.topic', { topic: plan.topic, 'm.topic': { 'm.text': [{ body: plan.topic }] } })]),
  ];
}

function powerLevels(plan: RoomPlan, creator: string): JsonObject {
  const listed = plan.version.creatorPower === 'listed';
  const users = listed ? [creator, ...(plan.preset.inviteesAreEqual ? plan.invite : [])] : [];
  return {
    users: Object.fromEntries(users.map((user) => [user, 100])),
    users_default: 0,
    events: {
      'm.room.name': 50,
      'm.room.power_levels': 100,
      'm.room.history_visibility': 100,
      'm.room.canonical_alias': 50,
      'm.room.avatar': 50,
      'm.room.tombstone': listed ? 100 : 150,
      'm.room.server_acl': 100,
      'm.room.encryption': 100,
    },
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    invite: 50,
    historical: 100,
    ...plan.preset.powerLevels,
    ...plan.powerLevels,
  };
}
