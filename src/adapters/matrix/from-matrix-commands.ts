import { type MatrixEvent, readMessage, readRelation } from './matrix.payloads.js';

/**
 * Pure: the words behind the command, where a message begins with it; undefined where it is talk. `command`: what people type first,
 * `!crosstalk`. An edit commands nothing: what it changes was said already.
 */
export function commandIn({ type, content }: MatrixEvent, command: string): readonly string[] | undefined {
  if (type !== 'm.room.message' || readRelation(content).rel_type === 'm.replace') return undefined;
  const { msgtype, body = '' } = readMessage(content);
  if (msgtype !== 'm.text') return undefined;
  const [first = '', ...words] = body.trim().split(/\s+/u);
  return first.toLowerCase() === command.toLowerCase() ? words : undefined;
}
