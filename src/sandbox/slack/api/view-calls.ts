import { SlackError } from '../slack-error.js';
import { isObject, type JsonObject } from '../state/json.js';
import type { OpenView } from '../state/views.js';
import { writes, type Call, type Methods } from './call.js';

const largestViewBytes = 250_000;

export const viewMethods: Methods = {
  'views.open': writes([], open),
  'views.push': writes([], open),
  'views.update': writes([], update),
  'views.publish': writes([], publish),
};

function viewOf({ input }: Call): JsonObject {
  const view = input.parts('view');
  if (!isObject(view)) throw new SlackError('invalid_arguments');
  if (Buffer.byteLength(JSON.stringify(view)) > largestViewBytes) throw new SlackError('view_too_large');
  return view;
}

function open(call: Call): JsonObject {
  const { slack, input, installation } = call;
  const view = viewOf(call);
  const trigger = slack.views.useTrigger(input.required('trigger_id'));
  if (typeof trigger === 'string') throw new SlackError(trigger);
  return { view: shown(call, slack.views.open(trigger.user, installation.app.id, view)) };
}

function update(call: Call): JsonObject {
  const { slack, input } = call;
  const opened = slack.views.get(input.required('view_id'));
  if (opened?.appId !== call.installation.app.id) throw new SlackError('not_found');
  if (input.has('hash') && input.text('hash') !== opened.hash) throw new SlackError('hash_conflict');
  slack.views.update(opened, viewOf(call));
  return { view: shown(call, opened) };
}

function publish(call: Call): JsonObject {
  const { slack, input, installation } = call;
  return { view: shown(call, slack.views.open(input.required('user_id'), installation.app.id, viewOf(call))) };
}

function shown({ installation }: Call, { id, view, hash, appId }: OpenView): JsonObject {
  return {
    ...view,
    id,
    team_id: installation.team,
    app_id: appId,
    app_installed_team_id: installation.team,
    bot_id: installation.botId,
    hash,
    root_view_id: id,
    previous_view_id: null,
    state: { values: {} },
  };
}
