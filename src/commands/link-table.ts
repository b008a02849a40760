import { nameOf } from '../links/link-wish.js';
import { defaultLinkOptions } from '../model/link-options.js';
import type { LinkStatus, PortalStatus } from '../persistence/status.repository.js';
import { table, timeOf } from './table.js';

/** Pure: one line for each room; the link's own columns stand in its first. What is mirrored is shown where it is not the usual. */
export function renderLinks(links: readonly LinkStatus[]): string {
  if (links.length === 0) return 'There are no links yet: see `crosstalk help link`.';
  const showsMirror = links.some((link) => mirrorOf(link) !== '');
  const showsSpeaker = links.some(({ portals }) => portals.some(({ speaker }) => speaker !== 'auto'));
  const head = [
    ...['LINK', 'OWNER', 'STATE'],
    ...(showsMirror ? ['MIRROR'] : []),
    ...['ACCOUNT', 'ROOM', 'DIRECTION'],
    ...(showsSpeaker ? ['SPEAKER'] : []),
    'PROBLEM',
  ];
  const rows = links.flatMap((link) => {
    const own = [link.key, link.owner, stateOf(link), ...(showsMirror ? [mirrorOf(link)] : [])];
    if (link.portals.length === 0) return [[...own, '', '', '', ...(showsSpeaker ? [''] : []), remedyFor(link)]];
    return link.portals.map((portal, at) => [
      ...(at === 0 ? own : own.map(() => '')),
      portal.account,
      roomOf(portal),
      portal.direction,
      ...(showsSpeaker ? [portal.speaker] : []),
      problemOf(portal, link) ?? portal.lane.reason ?? '',
    ]);
  });
  return table([head, ...rows]).join('\n');
}

export function stateOf({ state, pausedAt }: LinkStatus): string {
  switch (state) {
    case 'active':
      return 'active';
    case 'paused':
      return pausedAt === null ? 'paused' : `paused since ${timeOf(pausedAt)}`;
    case 'left':
      return 'left the settings';
    case 'ended':
      return 'ended';
  }
}

/** What a link mirrors otherwise than usual: `topic=off members=line`, as `crosstalk link --mirror` takes it. */
export function mirrorOf({ mirror }: Pick<LinkStatus, 'mirror'>): string {
  const usual: Readonly<Record<string, unknown>> = { ...defaultLinkOptions };
  return Object.entries(mirror)
    .filter(([what, how]) => how !== usual[what])
    .map(([what, how]) => `${what}=${typeof how === 'boolean' ? (how ? 'on' : 'off') : String(how)}`)
    .join(' ');
}

/** What brings back a link without rooms. */
export function remedyFor({ key, state }: Pick<LinkStatus, 'key' | 'state'>): string {
  const end = state === 'left' ? `, \`crosstalk unlink ${key}\` ends it` : '';
  return `no rooms: \`crosstalk relink ${key}\` brings it back${end}`;
}

export function roomOf({ room, wanted }: PortalStatus): string {
  return room ?? nameOf(wanted);
}

/** What is wrong with a room of a link, if anything is. */
export function problemOf(
  { room, problem, read, mute, catchesUpFrom }: PortalStatus,
  link: LinkStatus,
): string | undefined {
  if (problem !== null) return problem;
  if (room === null) return link.state === 'active' ? 'is being looked for' : 'is looked for when the link is resumed';
  if (read.state === 'closed') return `closed: ${read.reason ?? 'nobody said why'}`;
  if (mute !== null) return `not written to for now: ${mute}`;
  return catchesUpFrom === null ? undefined : 'catches up with what was said while it was paused';
}
