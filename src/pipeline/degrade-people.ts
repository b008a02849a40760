import type { MemberJoined, MemberLeft, RoleChanged } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { type Degraded, line, type Resolved } from './degraded.js';
import { noticeOf } from './notices.js';

export function member(event: MemberJoined | MemberLeft, capabilities: Capabilities, resolved: Resolved): Degraded {
  const { options, can, networkLabel } = resolved;
  // Who goes by himself may stay elsewhere.
  const isDone = event.found === undefined && (event.kind === 'memberJoined' || event.how !== 'left');
  const done = isDone ? doneTo(event, 'members', capabilities, resolved) : undefined;
  if (done !== undefined) return done;
  if (options.members === 'off') return { skip: 'the link does not show who comes and goes' };
  const isShown = options.members === 'state' && can(event.kind) && capabilities.speakers.includes('ghost');
  if (isShown) return { event, by: 'person' };
  return event.found === undefined ? line(event, noticeOf(event, networkLabel)) : foundLater;
}

/** What power somebody has is set by the bridge itself: nobody gives it to himself. */
export function role(event: RoleChanged, capabilities: Capabilities, resolved: Resolved): Degraded {
  const { options, can, networkLabel } = resolved;
  const done = event.found === undefined ? doneTo(event, 'roles', capabilities, resolved) : undefined;
  if (done !== undefined) return done;
  if (options.moderators === 'off') return { skip: 'the link does not show who sees to the room' };
  const told = line(event, noticeOf(event, networkLabel));
  const isShown = options.moderators === 'state' && can(event.kind) && capabilities.speakers.includes('ghost');
  if (event.found !== undefined) return isShown ? { event, by: 'bridge' } : foundLater;
  return isShown ? { event, by: 'bridge', inLine: told.event } : told;
}

/** What is done to a person whom the target room knows. Nothing is told of somebody of another room to whom nothing is done. */
function doneTo(
  event: MemberJoined | MemberLeft | RoleChanged,
  what: 'members' | 'roles',
  { obeys = [] }: Capabilities,
  { options, here, networkLabel }: Resolved,
): Degraded | undefined {
  if (options.moderation === 'on' && here !== undefined && obeys.includes(what)) {
    const isTold = options[what === 'members' ? 'members' : 'moderators'] !== 'off';
    return {
      event: {
        ...event,
        member: { ...event.member, account: here.account, id: here.id },
        ...(event.kind === 'memberLeft' && event.member.account !== here.account ? { shown: event.member } : {}),
      },
      by: 'bridge',
      ...(isTold ? { inLine: line(event, noticeOf(event, networkLabel)).event } : {}),
    };
  }
  const isOfOther = event.member.account !== event.room.account;
  return isOfOther ? { skip: 'the link does nothing to people of other rooms' } : undefined;
}

const foundLater = { skip: 'it was found by looking who is there, which no line tells' };
