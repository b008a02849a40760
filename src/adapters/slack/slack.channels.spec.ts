import { memoryStore } from '../../../test/contract/matrix-bench.js';
import { SlackChannels } from './slack.channels.js';

const at = (seconds: number): Date => new Date(seconds * 1000);
const ts = (seconds: number): string => `${String(seconds)}.000000`;

let channels: SlackChannels;

beforeEach(() => {
  channels = new SlackChannels(memoryStore(new Map()));
});

const heard = async (): Promise<unknown> => (await channels.list()).map(({ since, unread }) => [since, unread?.from]);

it('that somebody took us out is no news after a later invitation, in whatever order Slack tells it', async () => {
  await channels.invited('C1', at(1020), ts(1020));
  await channels.left('C1', at(1030), ts(1010));
  expect([await channels.isTakenOut('C1'), await heard()]).toEqual([false, [[at(1020), undefined]]]);
  await channels.left('C1', at(1040), ts(1040));
  await channels.invited('C1', at(1050), ts(1030));
  expect([await channels.isTakenOut('C1'), await heard()]).toEqual([true, []]);
  await channels.invited('C1', at(1060), ts(1050));
  expect([await channels.isTakenOut('C1'), await heard()]).toEqual([false, [[at(1060), undefined]]]);
});

it('a gap that comes while another is read is read as well, from where the first began', async () => {
  await channels.named('C1', at(1000), true);
  const [before] = await channels.list();
  if (before === undefined) throw new Error('it is not heard');
  await channels.missed(before, at(1100), at(1200));
  const [first] = await channels.list();
  if (first?.unread === undefined) throw new Error('nothing was missed');
  await channels.missed(first, at(1300), at(1400));
  await channels.read('C1', first.unread);
  expect(await heard()).toEqual([[at(1000), at(1100)]]);
  const [second] = await channels.list();
  if (second?.unread === undefined) throw new Error('it was forgotten');
  await channels.read('C1', second.unread);
  expect(await heard()).toEqual([[at(1000), undefined]]);
});
