import type { Act } from './page.types.js';
import { ActRefused } from './side.js';
import { pressableIn } from './shown-blocks.js';
import type { SlackPlace } from './slack/place.js';
import type { Message } from './slack/state/message.js';

/**
 * Presses a button of an app's message, or sends what was chosen in a menu; the app hears of it over its connection. Throws
 * ActRefused where the message has no such thing any more.
 */
export function pressIn(
  { server, channel }: SlackPlace,
  person: string,
  { ts, author, blocks }: Message,
  { action, values }: Extract<Act, { do: 'press' }>,
): void {
  const found = blocks
    .flatMap((block) => pressableIn(block).map((element) => ({ block, element })))
    .find(({ element }) => element['action_id'] === action && isOneOf(element['value'], values));
  if (found === undefined || author.kind !== 'app') throw new ActRefused('gone', 'That button is gone.');
  const { block, element } = found;
  const { type } = element;
  const chosen = type === 'button' ? { value: element['value'] } : { selected_options: values.map(optionOf) };
  const at = server.state.timestamps.next();
  const actions = [{ type, action_id: action, block_id: block['block_id'], action_ts: at, ...chosen }];
  void server.interact(author.appId, channel, person, { type: 'block_actions', actions }, ts).then((outcome) => {
    if (outcome.kind === 'failed') server.tell(channel, person, `That did not work: ${outcome.reason}`);
  });
}

/** A button without a value, and a menu, are known by their action alone. */
function isOneOf(value: unknown, values: readonly string[]): boolean {
  return typeof value !== 'string' || values.includes(value);
}

function optionOf(value: string): object {
  return { value };
}
