import type { EventOf } from '../model/bridge-event.js';
import type { ReactionCopy } from '../model/delivery.js';
import { accountId, remoteId, roomId, userId } from '../model/ids.js';
import { planReaction } from './shared-reactions.js';

const account = accountId('hs');
const room = { account, id: roomId('!a') };

const reaction = (
  kind: 'reactionAdded' | 'reactionRemoved',
  who = 'mia',
): EventOf<'reactionAdded' | 'reactionRemoved'> => ({
  kind,
  room,
  actor: { account, id: userId(who), name: who, standing: 'person' },
  at: '2026-01-02T03:04:05.000Z',
  message: { room, id: remoteId('1') },
  emoji: '👍',
  version: '1',
});
const by = (person: string, remote: string | null): ReactionCopy => ({
  account,
  person: userId(person),
  remote: remote === null ? null : remoteId(remote),
});

describe('planReaction', () => {
  it('one account adds a reaction with the first person, and takes it back with the last', () => {
    expect(planReaction(reaction('reactionAdded'), [], true)).toEqual({ then: 'send' });
    const shown = { then: 'shown', made: { part: 0, id: '👍' } };
    expect(planReaction(reaction('reactionAdded'), [by('noah', '👍')], true)).toEqual(shown);
    expect(planReaction(reaction('reactionRemoved'), [by('mia', '👍'), by('noah', '👍')], true)).toEqual({
      then: 'shown',
    });
    expect(planReaction(reaction('reactionRemoved'), [by('mia', '👍')], true)).toEqual({ ...shown, then: 'send' });
  });

  it('who speaks as themselves adds and takes back their own', () => {
    expect(planReaction(reaction('reactionAdded'), [by('noah', 'n')], false)).toEqual({ then: 'send' });
    expect(planReaction(reaction('reactionRemoved'), [by('mia', 'm'), by('noah', 'n')], false)).toEqual({
      then: 'send',
      made: { part: 0, id: 'm' },
    });
  });

  it('who was stood for by the account, as another is, leaves it to the other', () => {
    expect(planReaction(reaction('reactionRemoved'), [by('mia', '👍'), by('noah', '👍')], false)).toEqual({
      then: 'shown',
    });
  });

  it('what somebody reacted as themselves is taken back also where the account speaks for them by now', () => {
    expect(planReaction(reaction('reactionRemoved'), [by('mia', 'm'), by('noah', 'n')], true)).toEqual({
      then: 'send',
      made: { part: 0, id: 'm' },
    });
  });

  it('where it is not known as whom it was made, who speaks now decides', () => {
    const standing = [by('mia', null), by('noah', '👍')];
    expect(planReaction(reaction('reactionRemoved'), standing, true)).toEqual({ then: 'shown' });
    expect(planReaction(reaction('reactionRemoved'), standing, false)).toEqual({ then: 'send' });
  });

  it('what the room does not show is not taken back', () => {
    const skipped = { then: 'skip', reason: 'the room does not show it' };
    expect(planReaction(reaction('reactionRemoved'), [by('noah', '👍')], true)).toEqual(skipped);
  });
});
