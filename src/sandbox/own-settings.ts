import { stringify } from 'yaml';

/** A server's room as settings name it, and what the account there says. */
export interface OwnSide {
  readonly roomId: string;
  account(): Record<string, unknown>;
}

/** Pure: what people put into the settings of a service of their own; the accounts are named after the networks. */
export function ownSettings(sides: Readonly<Record<string, OwnSide>>): string {
  const all = Object.entries(sides);
  const accounts = Object.fromEntries(all.map(([name, side]) => [name, side.account()]));
  const rooms = all.map(([account, { roomId }]) => ({ account, room: roomId }));
  const text = stringify({ accounts, links: { team: { rooms } } });
  return rooms.length > 1 ? text : `${text}        # and a room of another account\n`;
}
