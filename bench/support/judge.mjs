/** The ledgers say that something was lost, duplicated or reordered: then there are no figures. */
export class LedgerWrong extends Error {}

/** `rooms`: which target room belongs to which source room. Both lists are in the order in which the servers made them visible. */
export function judge(what, sent, arrived, rooms) {
  const amiss = [];
  const wanted = byRoom(sent);
  const shown = byRoom(arrived);
  for (const [source, target] of rooms) {
    const said = wanted.get(source) ?? [];
    const seen = shown.get(target) ?? [];
    const once = [...new Set(seen)];
    const lost = said.filter((number) => !once.includes(number)).length;
    const place = new Map(said.map((number, at) => [number, at]));
    const reordered = once.filter((number, at) => at > 0 && place.get(number) < place.get(once[at - 1])).length;
    const duplicated = seen.length - once.length;
    if (lost + duplicated + reordered > 0) amiss.push({ source, lost, duplicated, reordered });
  }
  if (arrived.length !== sent.length || amiss.length > 0) {
    const told = JSON.stringify(amiss.slice(0, 5));
    throw new LedgerWrong(`${what}: ${sent.length} were sent and ${arrived.length} arrived; ${told}`);
  }
}

function byRoom(entries) {
  const rooms = new Map();
  for (const { room, number } of entries) {
    if (!rooms.has(room)) rooms.set(room, []);
    rooms.get(room).push(number);
  }
  return rooms;
}
