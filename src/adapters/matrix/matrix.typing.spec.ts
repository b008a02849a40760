import type { TypingChanged } from '../../model/bridge-event.js';
import { accountId, roomId, userId } from '../../model/ids.js';
import type { Speaker } from '../../model/network-adapter.js';
import { OurUsers } from './matrix.ids.js';
import { MatrixTyping } from './matrix.typing.js';

const room = roomId('!team:example.org');
const users = new OurUsers({ bot: 'crosstalk', ghostPrefix: 'talk_', serverName: 'example.org' });

describe('matrix.typing', () => {
  let nowMs: number;
  let told: TypingChanged[];
  let set: string[];
  let refused: Set<string>;
  let typing: MatrixTyping;

  beforeEach(() => {
    nowMs = 0;
    [told, set, refused] = [[], [], new Set()];
    typing = new MatrixTyping({
      id: accountId('town'),
      users,
      rooms: {
        setTyping: (_, user, forMs) => {
          set.push(`${user} ${forMs}`);
          return Promise.resolve(refused.has(user) ? 'refused' : 'shown');
        },
      },
      clock: { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: () => Promise.resolve() },
      isLinked: (token) => token === room,
      tell: (changed) => told.push(changed),
    });
  });

  const speaker = (name: string, as: 'ghost' | 'relay' = 'ghost'): Speaker => {
    const person = { account: accountId('home'), id: userId(`users/${name}`), name, standing: 'person' } as const;
    const openAvatar = () => Promise.reject(new Error('no picture'));
    return { as, person, networkLabel: 'Talk', profile: { name }, openAvatar };
  };
  const anna = `@talk_home_users=2fanna:example.org`;
  const show = (...who: Speaker[]): Promise<void> => typing.show(room, who, new AbortController().signal);

  it('people who type are told of, our own users are not, and other rooms are nobody’s business', () => {
    typing.hear([
      { type: 'm.typing', room_id: room, content: { user_ids: ['@mia:example.org', '@crosstalk:example.org', anna] } },
      { type: 'm.typing', room_id: '!other:example.org', content: { user_ids: ['@mia:example.org'] } },
      { type: 'm.receipt', room_id: room, content: {} },
    ]);
    expect(told).toEqual([
      {
        kind: 'typingChanged',
        room: { account: 'town', id: room },
        typing: [{ account: 'town', id: '@mia:example.org', name: '', standing: 'person' }],
      },
    ]);
  });

  it('that nobody types any more is told too', () => {
    typing.hear([{ type: 'm.typing', room_id: room, content: { user_ids: [] } }]);
    expect(told.map(({ typing: people }) => people)).toEqual([[]]);
  });

  it.each([
    [null],
    ['typing'],
    [{ type: 'm.typing' }],
    [{ type: 'm.typing', room_id: room }],
    [{ type: 'm.typing', room_id: room, content: { user_ids: '@mia:example.org' } }],
    [{ type: 'm.typing', room_id: 7, content: { user_ids: [] } }],
  ])('what is none of that is nothing: %j', (value) => {
    typing.hear([value]);
    expect(told).toEqual([]);
  });

  it('ids that are no texts are left out', () => {
    typing.hear([{ type: 'm.typing', room_id: room, content: { user_ids: [7, '@mia:example.org', null] } }]);
    expect(told[0]?.typing.map(({ id }) => id)).toEqual(['@mia:example.org']);
  });

  it('the ghosts of those who type elsewhere type, for half a minute, and stop when they do', async () => {
    await show(speaker('anna'));
    await show();
    expect(set).toEqual([`${anna} 30000`, `${anna} 0`]);
  });

  it('where ghosts do not speak, our own user types', async () => {
    await show(speaker('anna', 'relay'), speaker('ben', 'relay'));
    expect(set).toEqual(['@crosstalk:example.org 30000']);
  });

  it('it is said again before it ends, and not sooner', async () => {
    await show(speaker('anna'));
    nowMs = 10_000;
    await show(speaker('anna'));
    expect(set).toHaveLength(1);
    nowMs = 20_000;
    await show(speaker('anna'));
    expect(set).toHaveLength(2);
  });

  it('a ghost that is not in the room is not brought in, and asked about again after a minute', async () => {
    refused.add(anna);
    await show(speaker('anna'));
    nowMs = 30_000;
    await show(speaker('anna'));
    await show();
    expect(set).toHaveLength(1);
    refused.clear();
    nowMs = 60_000;
    await show(speaker('anna'));
    expect(set).toHaveLength(2);
  });
});
