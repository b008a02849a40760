import type { OrderedRow } from './talk.payloads.js';

/** An edit that is no older is read as it happens, as far as a server's clock and a room list in between let anybody tell. */
const newsForS = 60;

/** Pure: the row shows what its message says by now, and was written just before: whatever was known of the message is older. */
export function tellsNews({ systemMessage, timestamp }: OrderedRow, nowSeconds: number): boolean {
  return systemMessage === 'message_edited' && nowSeconds - timestamp < newsForS;
}
