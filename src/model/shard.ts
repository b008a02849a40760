export const shardCount = 64;

/** The shard of an account, room or lane: 32-bit FNV-1a of its id, so that all replicas agree for ever. */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % shardCount;
}
