import { broadcastsIn } from './from-talk-breakouts.js';
import { orderedRows } from './talk.payloads.js';

const row = (id: number, message: string, more: object = {}): object => ({
  id,
  timestamp: 1000 + id,
  systemMessage: '',
  actorType: 'users',
  actorId: 'anna',
  actorDisplayName: 'Anna',
  messageType: 'comment',
  message,
  ...more,
});
const found = (...pages: object[][]) => {
  const { broadcasts, others } = broadcastsIn(pages.map((page) => orderedRows.parse(page)));
  return { broadcasts: broadcasts.map(({ id }) => id), others: others.map(({ id }) => id) };
};

describe('broadcastsIn', () => {
  it('what one person says in every room at nearly the same time is one broadcast, named by its first row', () => {
    expect(found([row(2, 'five minutes'), row(3, 'mine')], [row(1, 'five minutes'), row(4, 'yours')])).toEqual({
      broadcasts: [1],
      others: [3, 4],
    });
  });

  it('what is said twice to all is told twice', () => {
    expect(found([row(1, 'a'), row(3, 'a')], [row(2, 'a'), row(4, 'a')])).toEqual({ broadcasts: [1, 3], others: [] });
  });

  it.each<[string, object[][]]>([
    ['is not in every room', [[row(1, 'a')], [row(2, 'a')], []]],
    ['is said by others', [[row(1, 'a')], [row(2, 'a', { actorId: 'ben' })]]],
    ['is said much later', [[row(1, 'a')], [row(2, 'a', { timestamp: 2000 })]]],
    ['is said in the only room', [[row(1, 'a'), row(2, 'a')]]],
  ])('what %s is none', (_, pages) => {
    expect(found(...pages)).toEqual({ broadcasts: [], others: [1, 2] });
  });

  it('where there are no rooms there is none', () => {
    expect(found()).toEqual({ broadcasts: [], others: [] });
  });
});
