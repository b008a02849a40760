import type { EventOf } from '../model/bridge-event.js';
import type { ReactionCopy } from '../model/delivery.js';
import { accountId, remoteId, roomId, userId } from '../model/ids.js';
import { isTold, planReaction } from './shared-reactions.js';

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
const by = (person: string, remote: string | null, told = false): ReactionCopy => ({
  account,
  told,
  person: userId(person),
  remote: remote === null ? null : remoteId(remote),
});

describe('planReaction', () => {
  it('one account adds a reaction with the first person, and takes it back with the last', () => {
    expect(planReaction(reaction('reactionAdded'), [], 'shared')).toEqual({ then: 'send' });
    const shown = { then: 'shown', made: { part: 0, id: '👍' } };
    expect(planReaction(reaction('reactionAdded'), [by('noah', '👍')], 'shared')).toEqual(shown);
    expect(planReaction(reaction('reactionRemoved'), [by('mia', '👍'), by('noah', '👍')], 'shared')).toEqual({
      then: 'shown',
    });
    expect(planReaction(reaction('reactionRemoved'), [by('mia', '👍')], 'shared')).toEqual({ ...shown, then: 'send' });
  });

  it('who speaks as themselves adds and takes back their own', () => {
    expect(planReaction(reaction('reactionAdded'), [by('noah', 'n')], 'alone')).toEqual({ then: 'send' });
    expect(planReaction(reaction('reactionRemoved'), [by('mia', 'm'), by('noah', 'n')], 'alone')).toEqual({
      then: 'send',
      made: { part: 0, id: 'm' },
    });
  });

  it('who was stood for by the account, as another is, leaves it to the other', () => {
    expect(planReaction(reaction('reactionRemoved'), [by('mia', '👍'), by('noah', '👍')], 'alone')).toEqual({
      then: 'shown',
    });
  });

  it('what somebody reacted as themselves is taken back also where the account speaks for them by now', () => {
    expect(planReaction(reaction('reactionRemoved'), [by('mia', 'm'), by('noah', 'n')], 'shared')).toEqual({
      then: 'send',
      made: { part: 0, id: 'm' },
    });
  });

  it('where it is not known as whom it was made, who speaks now decides', () => {
    const standing = [by('mia', null), by('noah', '👍')];
    expect(planReaction(reaction('reactionRemoved'), standing, 'shared')).toEqual({ then: 'shown' });
    expect(planReaction(reaction('reactionRemoved'), standing, 'alone')).toEqual({ then: 'send' });
  });

  it('what the room does not show is not taken back', () => {
    const skipped = { then: 'skip', reason: 'the room does not show it' };
    expect(planReaction(reaction('reactionRemoved'), [by('noah', '👍')], 'shared')).toEqual(skipped);
  });

  it('what is said in words is each person’s own: nobody stands for another, and each takes back their words', () => {
    const words = by('noah', '17', true);
    expect(planReaction(reaction('reactionAdded'), [words], 'told')).toEqual({ then: 'send' });
    expect(planReaction(reaction('reactionAdded'), [words], 'shared')).toEqual({ then: 'send' });
    const standing = [words, by('mia', '18', true)];
    expect(planReaction(reaction('reactionRemoved'), standing, 'shared')).toEqual({
      then: 'send',
      made: { part: 0, id: '18' },
    });
    expect(isTold(reaction('reactionRemoved'), standing)).toBe(true);
    expect(isTold(reaction('reactionRemoved'), [words])).toBe(false);
  });

  it('what is said in words is not said again, and what is gone is not taken back', () => {
    expect(planReaction(reaction('reactionAdded'), [by('mia', '18', true)], 'told')).toEqual({
      then: 'shown',
      made: { part: 0, id: '18' },
    });
    expect(planReaction(reaction('reactionRemoved'), [by('mia', null, true)], 'shared')).toEqual({
      then: 'skip',
      reason: 'what told of it is gone',
    });
  });

  it('the reaction itself stays for those whom it stands for, whatever others say in words', () => {
    const standing = [by('mia', 'kazoo'), by('noah', '17', true)];
    expect(planReaction(reaction('reactionRemoved'), standing, 'shared')).toMatchObject({ then: 'send' });
  });
});
