import { MovedClock } from '../../../test/support/moved-clock.js';
import { type BridgeError, MessageRefused, NetworkUnavailable, RoomClosed } from '../../model/errors.js';
import { roomId } from '../../model/ids.js';
import { GuestBans } from './talk.bans.js';

const room = roomId('abcd1234');
const signal = new AbortController().signal;

describe('GuestBans', () => {
  let clock: MovedClock;
  let asked: number;
  let answer: readonly { bannedActorType: string; bannedActorId: string }[] | BridgeError;
  let bans: GuestBans;

  beforeEach(() => {
    clock = new MovedClock();
    asked = 0;
    answer = [{ bannedActorType: 'guests', bannedActorId: 'mia' }];
    const list = (): Promise<{ data: unknown }> => {
      asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ data: answer });
    };
    const client = { api: { bans: { list } } } as unknown as ConstructorParameters<typeof GuestBans>[0];
    bans = new GuestBans(client, clock);
  });
  const has = (guest: string): Promise<boolean> => bans.has(room, guest, signal);

  it('guests are banned as guests, not by their address, nor as somebody with an account', async () => {
    answer = [
      { bannedActorType: 'guests', bannedActorId: 'mia' },
      { bannedActorType: 'users', bannedActorId: 'noah' },
      { bannedActorType: 'ip', bannedActorId: '127.0.0.1' },
    ];
    expect([await has('mia'), await has('noah'), await has('127.0.0.1')]).toEqual([true, false, false]);
  });

  it('one answer serves those who come one after the other, and no longer', async () => {
    await has('mia');
    await clock.pass(1_999);
    await has('noah');
    expect(asked).toBe(1);
    await clock.pass(1);
    await has('noah');
    expect(asked).toBe(2);
  });

  it('who was just sent away is asked for anew', async () => {
    answer = [];
    expect(await has('mia')).toBe(false);
    answer = [{ bannedActorType: 'guests', bannedActorId: 'mia' }];
    bans.forget(room);
    expect(await has('mia')).toBe(true);
  });

  it.each([
    ['is no moderator', new RoomClosed('no', 'noPermission')],
    ['is on a server without bans', new MessageRefused('no')],
  ])('where our account %s nobody is known to be banned, and it is not asked all the time', async (_, refusal) => {
    answer = refusal;
    expect(await has('mia')).toBe(false);
    await clock.pass(599_999);
    await has('mia');
    expect(asked).toBe(1);
    await clock.pass(1);
    await has('mia');
    expect(asked).toBe(2);
  });

  it('where nobody answers, nobody knocks', async () => {
    answer = new NetworkUnavailable('away', { certainty: 'notSent' });
    await expect(has('mia')).rejects.toBe(answer);
    answer = new RoomClosed('gone', 'gone');
    await expect(has('mia')).rejects.toBe(answer);
  });
});
