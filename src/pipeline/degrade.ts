import type { BridgeEvent, PollStarted } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { edit, message, threadNamed } from './degrade-messages.js';
import { member, role } from './degrade-people.js';
import { reaction } from './degrade-reactions.js';
import { call, pin, roomChange } from './degrade-rooms.js';
import { asItIs, type Degraded, type Resolved } from './degraded.js';
import { pollAsMessage, pollIn } from './polls.js';

/** Pure: turns an event into what the target room can show, or says why there is nothing to show. */
export function degrade(event: BridgeEvent, capabilities: Capabilities, resolved: Resolved): Degraded {
  switch (event.kind) {
    case 'messageSent':
      return message(event, capabilities, resolved);
    case 'messageEdited':
      return edit(event, capabilities, resolved);
    case 'reactionAdded':
    case 'reactionRemoved':
      return reaction(event, capabilities, resolved);
    case 'memberJoined':
    case 'memberLeft':
      return member(event, capabilities, resolved);
    case 'roleChanged':
      return role(event, capabilities, resolved);
    case 'roomChanged':
      return roomChange(event, capabilities, resolved);
    case 'callChanged':
      return call(event, resolved);
    case 'threadChanged':
      return threadNamed(event, capabilities, resolved);
    case 'pinChanged':
      return pin(event, capabilities, resolved);
    case 'pollStarted':
      return poll(event, capabilities, resolved);
    default:
      return asItIs(event, resolved);
  }
}

/** Where it turns out that the room does not take it, it is told in words all the same. */
function poll(event: PollStarted, capabilities: Capabilities, resolved: Resolved): Degraded {
  const inWords = message(pollAsMessage(event), capabilities, resolved);
  const isShown = pollIn(event.options.length, capabilities) !== 'words' && resolved.can(event.kind);
  if (!isShown) return inWords;
  const inLine = 'event' in inWords && inWords.event.kind === 'messageSent' ? { inLine: inWords.event } : {};
  const { thread: _notHere, ...inRoom } = event;
  const isInThread = capabilities.threads !== 'none' && resolved.thread === 'found';
  return { event: isInThread ? event : inRoom, by: 'person', ...inLine };
}
