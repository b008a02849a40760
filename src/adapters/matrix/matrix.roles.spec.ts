import { annasGhost, type Asked, saying, seeing } from '../../../test/contract/matrix-deliveries.js';
import { MatrixBench } from '../../../test/contract/matrix-bench.js';
import { matrixTeam } from '../../../test/contract/matrix-team.js';
import type { MessageSent, RoleChanged } from '../../model/bridge-event.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const bot = '@crosstalk:sandbox.test';

describe('those who see to a linked room, on Matrix', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let room: string;

  beforeEach(async () => {
    ({ bench, adapter, alice, room } = await matrixTeam());
  });
  afterEach(() => bench.close());

  const deliver = async (asked: Asked<RoleChanged>): Promise<void> => {
    await adapter.deliver.roleChanged?.send(asked.request, bench.signal);
  };
  const levels = (): Record<string, unknown> =>
    bench.sandbox.messages(room).findLast(({ type }) => type === 'm.room.power_levels')?.content ?? {};
  const letBot = (power: number): void => {
    const users = { [bot]: power };
    bench.sandbox.sendState(room, alice, 'm.room.power_levels', '', { ...levels(), users });
  };
  const line = (text: string): MessageSent => ({
    ...saying('line', room, text).request.event,
    style: 'notice',
    attention: 'silent',
  });
  const said = (): unknown[] =>
    bench.sandbox
      .messages(room)
      .flatMap(({ type, sender, content }) => (type === 'm.room.message' ? [[sender, content['body']]] : []));

  it('their ghosts have the power of moderators, for as long as they do', async () => {
    letBot(100);
    await deliver(seeing('one', room, 'moderator'));
    expect(levels()['users']).toEqual({ [bot]: 100, [annasGhost]: 50 });
    const before = bench.sandbox.messages(room).length;
    await deliver(seeing('again', room, 'moderator'));
    expect(bench.sandbox.messages(room)).toHaveLength(before);
    await deliver(seeing('two', room, 'member'));
    expect(levels()['users']).toEqual({ [bot]: 100 });
    expect(said()).toEqual([]);
  });

  it('nothing else of the room’s levels is changed', async () => {
    letBot(100);
    const { users: _users, ...before } = levels();
    await deliver(seeing('one', room, 'moderator'));
    const { users: _now, ...after } = levels();
    expect(after).toEqual(before);
  });

  it('where we may give nobody power it is told in a line', async () => {
    const inLine = line('Anna (Talk) is a moderator now');
    await deliver(seeing('one', room, 'moderator', { inLine, speaker: { as: 'bridge' } }));
    expect(levels()['users']).toEqual({});
    expect(said()).toEqual([[bot, 'Anna (Talk) is a moderator now']]);
  });

  it('who is found to see to it stays unshown where we may give nobody power', async () => {
    const { request } = seeing('one', room, 'moderator');
    const event = { ...request.event, found: 'later' as const };
    await deliver(seeing('one', room, 'moderator', { event, speaker: { as: 'bridge' } }));
    expect(levels()['users']).toEqual({});
    expect(said()).toEqual([]);
  });

  it('where the link does not tell of it either, that says so', async () => {
    await expect(deliver(seeing('one', room, 'moderator', { speaker: { as: 'bridge' } }))).rejects.toThrow(
      `${bot} may not change the moderators of the room: give it the power for that`,
    );
    expect(said()).toEqual([]);
  });
});
