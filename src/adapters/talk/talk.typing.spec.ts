import { TypingSessions } from './talk.typing.js';

const person = (session: string) => ({ session, user: session, name: '', isFederated: false });

describe('talk.typing', () => {
  it('who says nothing for 15 seconds types no longer', () => {
    const typing = new TypingSessions();
    typing.started(person('a'), 0);
    typing.started(person('b'), 10_000);
    expect(typing.nextMs).toBe(15_000);
    expect([typing.expire(14_999), typing.people.length]).toEqual([false, 2]);
    expect([typing.expire(15_000), typing.people.map(({ user }) => user)]).toEqual([true, ['b']]);
  });

  it('saying it again makes it last', () => {
    const typing = new TypingSessions();
    typing.started(person('a'), 0);
    typing.started(person('a'), 10_000);
    expect([typing.expire(20_000), typing.nextMs]).toEqual([false, 25_000]);
  });

  it('whoever stops is forgotten at once', () => {
    const typing = new TypingSessions();
    typing.started(person('a'), 0);
    expect([typing.stopped('a'), typing.stopped('a'), typing.nextMs]).toEqual([true, false, undefined]);
  });

  it('a crowd is not counted beyond a hundred', () => {
    const typing = new TypingSessions();
    for (let at = 0; at < 150; at += 1) typing.started(person(`s${at}`), at);
    expect(typing.people).toHaveLength(100);
    expect([typing.clear(), typing.clear()]).toEqual([true, false]);
  });
});
