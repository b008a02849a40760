import { isObject, type JsonObject } from './events.js';
import type { RoomVersion } from './room-versions.js';

/** What redacting leaves of an event's content. Source: the specification's "Redactions", by room version. */
export function redactContent(version: RoomVersion, type: string, content: JsonObject): JsonObject {
  if (type === 'm.room.create' && version.redactsInContent) return content;
  const kept = pick(content, keptKeys(version, type));
  const invite = content.third_party_invite;
  if (type === 'm.room.member' && version.redactsInContent && isObject(invite)) {
    kept.third_party_invite = 'signed' in invite ? { signed: invite.signed } : {};
  }
  return kept;
}

function keptKeys(version: RoomVersion, type: string): readonly string[] {
  switch (type) {
    case 'm.room.member':
      return ['membership', ...(version.keepsJoinAuthority ? ['join_authorised_via_users_server'] : [])];
    case 'm.room.create':
      return ['creator'];
    case 'm.room.join_rules':
      return ['join_rule', ...(version.restrictedJoins ? ['allow'] : [])];
    case 'm.room.power_levels':
      return [
        ...['users', 'users_default', 'events', 'events_default', 'state_default', 'ban', 'kick', 'redact'],
        ...(version.redactsInContent ? ['invite'] : []),
      ];
    case 'm.room.history_visibility':
      return ['history_visibility'];
    case 'm.room.aliases':
      return version.aliasesProtected ? ['aliases'] : [];
    case 'm.room.redaction':
      return version.redactsInContent ? ['redacts'] : [];
    default:
      return [];
  }
}

function pick(content: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => key in content).map((key) => [key, content[key]]));
}
