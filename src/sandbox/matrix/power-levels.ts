import { isObject, type JsonObject, type StoredEvent } from './events.js';
import { forbidden, unknown } from './matrix-error.js';
import type { RoomVersion } from './room-versions.js';

/** The state that decides who may do what. */
export interface PowerState {
  readonly version: RoomVersion;
  readonly create: StoredEvent;
  readonly powerLevels: StoredEvent | undefined;
}

const named = ['users_default', 'events_default', 'state_default', 'ban', 'redact', 'kick', 'invite'] as const;

function integer(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.trunc(value);
  // Up to room version 9 a level may be a string of digits.
  if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)) return Number.parseInt(value, 10);
  return undefined;
}

function map(content: JsonObject | undefined, key: string): JsonObject {
  const value = content?.[key];
  return isObject(value) ? value : {};
}

/** The sender of the create event and, in version 12, those it names. */
function creatorsOf(create: StoredEvent): readonly string[] {
  const additional = create.content.additional_creators;
  const others = Array.isArray(additional) ? additional.filter((user) => typeof user === 'string') : [];
  return [create.sender, ...others];
}

export function userLevel(state: PowerState, userId: string): number {
  if (state.version.creatorPower === 'infinite' && creatorsOf(state.create).includes(userId)) return Infinity;
  const content = state.powerLevels?.content;
  if (content === undefined) {
    const creator = state.version.creatorField ? state.create.content.creator : state.create.sender;
    return creator === userId ? 100 : 0;
  }
  return integer(map(content, 'users')[userId]) ?? integer(content.users_default) ?? 0;
}

export function namedLevel(state: PowerState, name: string, fallback: number): number {
  return integer(state.powerLevels?.content[name]) ?? fallback;
}

export function sendLevel(state: PowerState, type: string, kind: 'state' | 'message'): number {
  const content = state.powerLevels?.content;
  const own = integer(map(content, 'events')[type]);
  if (own !== undefined) return own;
  return kind === 'state' ? (integer(content?.state_default) ?? 50) : (integer(content?.events_default) ?? 0);
}

/** Refuses a change of the power levels that its sender may not make. */
export function checkPowerLevelChange(state: PowerState, sender: string, content: JsonObject): void {
  const users = map(content, 'users');
  for (const [user, level] of Object.entries(users)) {
    if (!/^@[^:]*:.+$/s.test(user)) throw unknown(400, `Not a valid user_id: ${user}`);
    if (integer(level) === undefined) throw unknown(400, `Not a valid power level: ${String(level)}`);
  }
  if (state.version.creatorPower === 'infinite') {
    const listed = creatorsOf(state.create).find((creator) => creator in users);
    if (listed !== undefined) throw unknown(400, `Creator user ${listed} must not appear in content.users`);
  }
  if (state.version.integerPowerLevels) checkIntegers(content);
  const old = state.powerLevels?.content;
  if (old === undefined) return;
  const own = userLevel(state, sender);
  for (const name of named) checkLevel(own, integer(old[name]), integer(content[name]));
  const sections = ['users', 'events', ...(state.version.notificationLevelsGuarded ? ['notifications'] : [])];
  for (const section of sections) {
    const before = map(old, section);
    const after = map(content, section);
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const from = integer(before[key]);
      const to = integer(after[key]);
      if (from === to) continue;
      if (section === 'users' && key !== sender && from === own) {
        throw forbidden("You don't have permission to remove ops level equal to your own");
      }
      checkLevel(own, from, to);
    }
  }
}

function checkLevel(own: number, from: number | undefined, to: number | undefined): void {
  if (from === to) return;
  if ((from !== undefined && from > own) || (to !== undefined && to > own)) {
    throw forbidden("You don't have permission to add ops level greater than your own");
  }
}

function checkIntegers(content: JsonObject): void {
  for (const name of named) {
    const level = content[name];
    if (level !== undefined && !Number.isInteger(level))
      throw unknown(400, `${JSON.stringify(level)} must be an integer.`);
  }
  for (const section of ['events', 'notifications', 'users']) {
    const levels = content[section];
    if (levels === undefined) continue;
    if (!isObject(levels) || !Object.values(levels).every((level) => Number.isInteger(level))) {
      throw unknown(400, `${JSON.stringify(levels)} must be a dict wherein all the values are integers.`);
    }
  }
}
