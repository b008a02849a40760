import { Refusal } from '../refusal.js';
import type { TalkState } from '../state/talk-state.js';
import { asAdmin } from './admin.api.js';
import { inRoom, talkApi, type Need, type OcsRouter, type RoomCall, type UserCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const bridgeApi = `${talkApi}/v1/bridge`;
const moderator: readonly Need[] = ['login', 'accountModerator'];

/** The bridges that Talk has of its own. Where the program that runs them is not installed none can be turned on, and one that does not stop is not taken away: 406. */
export function addMatterbridgeRoutes(router: OcsRouter): void {
  router.add('GET', `${bridgeApi}/version`, asAdmin(version));
  router.add('DELETE', bridgeApi, asAdmin(stopAll));
  router.add('GET', `${bridgeApi}/{token}`, inRoom(moderator, show));
  router.add('PUT', `${bridgeApi}/{token}`, inRoom(moderator, edit));
  router.add('DELETE', `${bridgeApi}/{token}`, inRoom(moderator, remove));
  router.add('GET', `${bridgeApi}/{token}/process`, inRoom(moderator, processOf));
}

function version({ talk }: UserCall): Answer {
  if (talk.extras.matterbridge === undefined) throw new Refusal(400, { error: 'binary' });
  return ok({ version: talk.extras.matterbridge });
}

function stopAll({ talk }: UserCall): Answer {
  requireStops(talk);
  for (const room of talk.rooms.all()) room.bridge = undefined;
  return ok(true);
}

function show(call: RoomCall): Answer {
  const { bridge } = call.room;
  return ok({ enabled: bridge?.enabled ?? false, parts: bridge?.parts ?? [], pid: 0, ...stateOf(call) });
}

function edit(call: RoomCall): Answer {
  const { talk, room, input } = call;
  const enabled = input.flag('enabled');
  if (enabled && talk.extras.matterbridge === undefined) throw new Refusal(406, { error: 'binary' });
  room.bridge = { enabled, parts: input.list('parts') };
  return ok(stateOf(call));
}

function remove({ talk, room }: RoomCall): Answer {
  requireStops(talk);
  room.bridge = undefined;
  return ok(true);
}

function requireStops({ extras }: TalkState): void {
  if (extras.bridgesStop === false) throw new Refusal(406, { error: 'process' });
}

function processOf(call: RoomCall): Answer {
  return ok(stateOf(call));
}

function stateOf({ room }: RoomCall): Record<string, unknown> {
  return { running: room.bridge?.enabled ?? false, log: '' };
}
