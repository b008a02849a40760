import { memoryStore } from '../../../test/contract/talk-at-sandbox.js';
import { accountId, roomId, userId } from '../../model/ids.js';
import { guestsNamedIn, GuestStore } from './talk.guest-store.js';

const mia = { account: accountId('hs'), id: userId('@mia/ö:there') };
const room = roomId('abcd1234');
const actor = 'a'.repeat(40);
const day = 86_400_000;

describe('guestsNamedIn', () => {
  it('the guest who did it, and those who are mentioned, also in what is answered', () => {
    const row = {
      actorType: 'guests',
      actorId: actor,
      messageParameters: { 'mention-guest1': { type: 'guest', id: `guest/${'b'.repeat(40)}` } },
      parent: { messageParameters: { 'mention-guest1': { type: 'guest', id: `guest/${'c'.repeat(40)}` } } },
    };
    expect([...guestsNamedIn(row)]).toEqual([actor, 'b'.repeat(40), 'c'.repeat(40)]);
    const { messageParameters } = row;
    const mentioning = { actorType: 'users', actorId: 'bob', messageParameters };
    expect([...guestsNamedIn(mentioning)]).toEqual(['b'.repeat(40)]);
    const answering = { actorType: 'users', actorId: 'bob', messageParameters: [], parent: undefined };
    expect([...guestsNamedIn(answering)]).toEqual([]);
  });
});

describe('GuestStore', () => {
  let store = memoryStore();
  let nowMs: number;
  const guests = (): GuestStore => new GuestStore(store, { now: () => new Date(nowMs) });

  beforeEach(() => {
    store = memoryStore();
    nowMs = Date.parse('2026-01-02T03:04:05.000Z');
  });

  it('whose a guest is, is known to every program that shares the store', async () => {
    await guests().claim(actor, mia);
    expect(await guests().ownerOf(actor)).toEqual(mia);
    expect(await guests().ownerOf('somebody else')).toBeUndefined();
    expect(await guests().oursIn({ actorType: 'guests', actorId: actor })).toEqual({ guests: { [actor]: mia } });
    expect(await guests().oursIn({ actorType: 'users', actorId: 'anna' })).toEqual({});
  });

  it('places and cookies are a person’s own', async () => {
    const noah = { account: mia.account, id: userId('@mia') };
    await guests().keepCookies(mia, 'a=b');
    await guests().keepSeat(mia, room, { actor, keeper: 'one', name: 'Mia' });
    expect(await guests().cookiesOf(mia)).toBe('a=b');
    expect(await guests().seatOf(mia, room)).toEqual({ actor, keeper: 'one', name: 'Mia' });
    expect([await guests().cookiesOf(noah), await guests().seatOf(noah, room)]).toEqual(['', undefined]);
    await guests().forgetSeat(mia, room);
    await guests().forgetCookies(mia);
    expect([await guests().cookiesOf(mia), await guests().seatOf(mia, room)]).toEqual(['', undefined]);
  });

  it('places that nobody came back to are forgotten with their cookies, guests only when nothing of theirs is read again', async () => {
    await guests().claim(actor, mia);
    await guests().keepCookies(mia, 'a=b');
    await guests().keepSeat(mia, room, { actor, keeper: 'one' });
    await guests().clean();
    expect(await guests().cookiesOf(mia)).toBe('a=b');
    nowMs += 8 * day;
    await guests().clean();
    expect([await guests().seatOf(mia, room), await guests().cookiesOf(mia)]).toEqual([undefined, '']);
    expect(await guests().ownerOf(actor)).toEqual(mia);
    nowMs += 30 * day;
    await guests().clean();
    expect(await guests().ownerOf(actor)).toBeUndefined();
  });
});
