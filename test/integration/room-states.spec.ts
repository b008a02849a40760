import { RoomClosed } from '../../src/model/errors.js';
import { roomId } from '../../src/model/ids.js';
import { silentLog } from '../../src/observability/log.js';
import { StandingRepository } from '../../src/persistence/standing.repository.js';
import { StatusRepository } from '../../src/persistence/status.repository.js';
import { RoomStates } from '../../src/workers/room-states.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { House, left, leftRoom, right, rightRoom } from './house.js';

let house: House;
let states: RoomStates;
let lane: string;

beforeEach(async () => {
  house = await House.open();
  states = statesOfAReplica();
  [, lane = ''] = await house.link();
});
afterEach(() => house.close());

function statesOfAReplica(): RoomStates {
  const standings = new StandingRepository(house.database);
  return new RoomStates(house.rooms, standings, house.ingest, systemClock, house.metrics, silentLog);
}

const alarms = async () =>
  (await house.metrics.alarms.get()).values.map(({ labels, value }) => [labels['account'], labels['reason'], value]);
const rooms = () => house.rows(`select account, state, reason from rooms order by account`);
const invite = new RoomClosed('invite us', 'notJoined');

it('a room that is closed raises one alarm, however often and by however many replicas it is told', async () => {
  await Promise.all([
    states.closed(rightRoom, invite),
    statesOfAReplica().closed(rightRoom, invite),
    states.closed(rightRoom, invite),
  ]);
  await statesOfAReplica().closed(rightRoom, new RoomClosed('it is archived', 'archived'));
  expect(await alarms()).toEqual([['right', 'notJoined', 1]]);
  expect(await rooms()).toEqual([
    { account: 'left', state: 'open', reason: null },
    { account: 'right', state: 'closed', reason: 'it is archived' },
  ]);
});

it('it opens, and the next time that it is closed is another alarm', async () => {
  await states.closed(rightRoom, invite);
  await states.opened(right, []);
  await states.opened(left, [leftRoom.id, rightRoom.id]);
  expect(await rooms()).toContainEqual({ account: 'right', state: 'closed', reason: 'invite us' });
  await states.opened(right, [rightRoom.id, roomId('of no link')]);
  expect(await rooms()).toContainEqual({ account: 'right', state: 'open', reason: null });
  await states.closed(rightRoom, invite);
  expect(await alarms()).toEqual([['right', 'notJoined', 2]]);
});

it('a room that no link ever named raises none', async () => {
  await states.closed({ account: left, id: roomId('of no link') }, invite);
  expect(await alarms()).toEqual([]);
});

it('the rooms that are linked with it are told once that it is lost, and once that it is back', async () => {
  const told = () =>
    house.rows<{ change: unknown }>(`select event::json -> 'change' as change from deliveries order by seq`);
  await states.closed(leftRoom, invite);
  await statesOfAReplica().closed(leftRoom, new RoomClosed('it is archived', 'archived'));
  expect(await told()).toEqual([{ change: { of: 'reach', state: 'lost', why: 'invite us' } }]);
  await states.opened(left, [leftRoom.id]);
  await states.opened(left, [leftRoom.id]);
  expect(await told()).toEqual([
    { change: { of: 'reach', state: 'lost', why: 'invite us' } },
    { change: { of: 'reach', state: 'back', why: '' } },
  ]);
  expect(await house.rows(`select lane::text, inbox from deliveries`)).toEqual([
    { lane, inbox: null },
    { lane, inbox: null },
  ]);
  expect(house.woken).toEqual([lane, lane]);
});

it('so are they where it takes only, since what they say does not come there', async () => {
  await house.rows(`update portals set direction = 'in' where account = $1`, [left]);
  await states.closed(leftRoom, invite);
  expect(await house.states(lane)).toEqual(['waiting']);
});

const lines = async () =>
  (await house.rows<{ change: unknown }>(`select event::json -> 'change' as change from deliveries order by seq`)).map(
    ({ change }) => change,
  );
const standing = () => house.rows(`select account, room, mute, mute_told as told, note from room_standings`);
const readOnly = { room: leftRoom.id, mute: 'it is read-only', toldBy: 'itself' } as const;

describe('a room that lets us read and not write', () => {
  it('is told of in one line, by however many replicas and lanes it is met, and that it is over in one', async () => {
    const mute = { room: leftRoom.id, mute: 'no permission', toldBy: 'nobody' } as const;
    await Promise.all([states.stand(left, [mute]), statesOfAReplica().stand(left, [mute])]);
    await states.muted(leftRoom, new RoomClosed('the room does not let us', 'noPermission'));
    expect(await lines()).toEqual([{ of: 'reach', state: 'lost', why: 'no permission' }]);
    expect(await standing()).toMatchObject([{ mute: 'the room does not let us', told: true }]);
    await Promise.all([states.wrote(leftRoom), statesOfAReplica().stand(left, [{ ...mute, mute: null }])]);
    await states.wrote(leftRoom);
    expect((await lines()).slice(1)).toEqual([{ of: 'reach', state: 'back', why: '' }]);
    expect(await standing()).toEqual([]);
    expect(await alarms()).toEqual([]);
  });

  it('is told of by no line where it tells so itself, unless it turns out that it did not', async () => {
    await states.stand(left, [readOnly]);
    await states.stand(left, [{ ...readOnly, mute: null }]);
    expect(await lines()).toEqual([]);
    await states.stand(left, [readOnly]);
    await states.stand(left, [{ ...readOnly, toldBy: 'nobody' }]);
    await states.stand(left, [readOnly]);
    expect(await lines()).toEqual([{ of: 'reach', state: 'lost', why: 'it is read-only' }]);
  });

  it('is shown, with what else is to be known of it', async () => {
    await states.stand(left, [{ ...readOnly, note: 'we are no moderator' }]);
    const [shown] = await new StatusRepository(house.database).links();
    expect(shown?.portals[0]).toMatchObject({ account: left, mute: 'it is read-only', note: 'we are no moderator' });
    await states.muted(leftRoom, new RoomClosed('the room does not let us', 'noPermission'));
    expect(await standing()).toMatchObject([{ note: 'we are no moderator' }]);
    await states.stand(left, [{ room: leftRoom.id, mute: null, toldBy: 'itself', note: null }]);
    expect(await standing()).toEqual([]);
  });
});

it('that its lane waits is no alarm of its own', async () => {
  const status = new StatusRepository(house.database);
  await house.rows(
    `update lanes set failing_since = now() - interval '2 days', reason = 'invite us' where portal = $1`,
    [lane],
  );
  expect((await status.failingLanes(1_000)).map((failing) => failing.lane)).toEqual([lane]);
  await states.closed(rightRoom, invite);
  expect(await status.failingLanes(1_000)).toEqual([]);
});
