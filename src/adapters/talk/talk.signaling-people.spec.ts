import { RoomPeople } from './talk.signaling-people.js';

const person = (session: string, more: object = {}) => ({ session, user: '', name: '', isFederated: false, ...more });

describe('talk.signaling-people', () => {
  it('what one list does not tell is kept of the other', () => {
    const people = new RoomPeople();
    people.begin('own');
    const actor = { type: 'guests', id: '1f3a' };
    expect(people.meet([person('A', { actor }), person('own')])).toEqual(['A']);
    expect(people.meet([person('A', { user: 'anna', name: 'Anna', isFederated: true })])).toEqual([]);
    expect(people.meet([person('A')])).toEqual([]);
    expect(people.of('A', '')).toEqual({ session: 'A', user: 'anna', name: 'Anna', isFederated: true, actor });
    people.leave(['A']);
    expect([people.sessions, people.of('A', 'anna')]).toEqual([[], person('A', { user: 'anna' })]);
  });

  it('of a crowd five thousand are known; who is known stays so', () => {
    const people = new RoomPeople();
    people.meet(Array.from({ length: 6_000 }, (_, at) => person(String(at))));
    people.meet([person('4999', { name: 'Ben' }), person('5000', { name: 'Cora' })]);
    expect([people.sessions.length, people.of('4999', '').name, people.of('5000', '').name]).toEqual([
      5_000,
      'Ben',
      '',
    ]);
  });

  it('a session that begins knows nobody', () => {
    const people = new RoomPeople();
    people.meet([person('A')]);
    people.begin('own');
    expect(people.sessions).toEqual([]);
  });
});
