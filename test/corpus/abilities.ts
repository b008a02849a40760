import type { EventKind } from '../../src/model/bridge-event.js';
import type { Capabilities } from '../../src/model/capabilities.js';
import type { Network } from './corpus.types.js';

/** What a room can show, and what its network has an entry for. */
export interface Ability {
  readonly can: readonly EventKind[];
  readonly capabilities: Capabilities;
}

const everywhere: readonly EventKind[] = [
  'messageSent',
  'messageEdited',
  'messageDeleted',
  'reactionAdded',
  'reactionRemoved',
  'roomChanged',
  'pinChanged',
];

const ofPolls: readonly EventKind[] = ['pollStarted', 'pollVoted', 'pollClosed'];

/** As the adapters say it of a Talk 22, a Synapse and a Slack; the contract suite holds them to it. */
export const abilities: Readonly<Record<Network, Ability>> = {
  talk: {
    can: [...everywhere, ...ofPolls, 'memberJoined', 'memberLeft', 'roleChanged', 'threadChanged'],
    capabilities: {
      speakers: ['relay'],
      maxTextChars: 32_000,
      maxFileBytes: Number.MAX_SAFE_INTEGER,
      replies: 'quote',
      threads: 'titled',
      editWindowMs: (24 * 60 - 5) * 60_000,
      reactions: 'emoji',
      maxReactionsPerSpeaker: Number.MAX_SAFE_INTEGER,
      obeys: ['members', 'roles', 'writing', 'expiration'],
      polls: { are: 'native', minOptions: 2, maxOptions: Number.MAX_SAFE_INTEGER, votes: 'secret' },
    },
  },
  matrix: {
    can: [...everywhere, ...ofPolls, 'memberJoined', 'memberLeft', 'roleChanged'],
    capabilities: {
      speakers: ['ghost', 'relay'],
      maxTextChars: 59_000,
      maxTextBytes: 59_000,
      maxFileBytes: 50_000_000,
      replies: 'quote',
      threads: 'plain',
      reactions: 'any',
      maxReactionsPerSpeaker: Number.MAX_SAFE_INTEGER,
      pins: 'shown',
      obeys: ['members', 'roles'],
      polls: { are: 'native', minOptions: 1, maxOptions: 20, votes: 'readable' },
    },
  },
  slack: {
    can: [...everywhere, 'pollStarted', 'pollCounted'],
    capabilities: {
      speakers: ['relay'],
      maxTextChars: 10_000,
      maxFileBytes: 1_000_000_000,
      replies: 'quote',
      threads: 'plain',
      reactions: 'any',
      maxReactionsPerSpeaker: 23,
      pins: 'shown',
      polls: { are: 'counted', minOptions: 1, maxOptions: 20, votes: 'secret' },
    },
  },
};
