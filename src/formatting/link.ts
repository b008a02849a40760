/** Source: client-server API, "m.room.message msgtypes" and, for `matrix:`, "URIs". */
const linkable = /^(?:https?|ftp|mailto|magnet|matrix):\S/i;

/** Pure: whether an address leads to where people may be led in every network; scripts and data never do. */
export function isLinkable(url: string): boolean {
  return linkable.test(url);
}
