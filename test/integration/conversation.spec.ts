import type { BridgeEvent, ReactionAdded, ReactionRemoved } from '../../src/model/bridge-event.js';
import { Uneditable } from '../../src/model/errors.js';
import { remoteId, userId, type UserRef } from '../../src/model/ids.js';
import { defaultLinkOptions, type LinkOptions } from '../../src/model/link-options.js';
import { firstCorrection } from '../../src/model/corrections.js';
import type { Shards } from '../../src/workers/shards.js';
import {
  deleted,
  edited,
  House,
  left,
  leftRoom,
  MadeUpNetwork,
  noSignal,
  payload,
  person,
  refOf,
  right,
  rightRoom,
  sent,
  linkedHouse,
} from './house.js';

let house: House;
let source: MadeUpNetwork;
let target: MadeUpNetwork;
let shards: Shards;
let lane: string;

beforeEach(async () => {
  ({ house, source, target, shards, lane } = await linkedHouse());
});
afterEach(() => house.close());

let next = 0;
async function happened(...events: BridgeEvent[]): Promise<void> {
  next += 1;
  await house.ingest.accept(source, [payload(String(next), ...events)]);
  await run();
}

async function run(): Promise<void> {
  await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
}

const copies = () => house.rows(`select remote, part from copies where portal = $1 order by part, remote`, [lane]);
const who = (name: string): UserRef => ({ ...person(leftRoom), id: userId(name), name });
const reaction = (name: string, version: string, emoji = '👍'): ReactionAdded => ({
  kind: 'reactionAdded',
  room: leftRoom,
  actor: who(name),
  at: '2026-01-02T03:04:06.000Z',
  message: refOf(leftRoom, '1'),
  emoji,
  version,
});
const removal = (name: string, version: string, emoji = '👍'): ReactionRemoved => ({
  ...reaction(name, version, emoji),
  kind: 'reactionRemoved',
});

describe('an edit', () => {
  it('that makes a message longer adds parts, which belong to the message', async () => {
    await happened(sent('1'));
    target.onSend = (request) => {
      request.onMade({ part: 1, id: remoteId('added'), key: request.key(1) });
    };
    await happened(edited('1', 'much longer', '2'));
    expect(await copies()).toEqual([
      { remote: 'right-1', part: 0 },
      { remote: 'added', part: 1 },
    ]);
    await happened(deleted('1', '3'));
    expect(target.requests.at(-1)?.target.map(({ id }) => id)).toEqual(['right-1', 'added']);
  });

  it('that makes a message shorter takes parts away', async () => {
    target.onSend = (request) => {
      target.made(request, 0);
      target.made(request, 1);
    };
    await happened(sent('1'));
    target.onSend = (request) => {
      const surplus = request.target[1];
      if (surplus !== undefined) request.onGone(surplus);
    };
    await happened(edited('1', 'short', '2'));
    expect(await copies()).toEqual([{ remote: 'right-1', part: 0 }]);
  });

  it('is spoken as its author, whoever made it', async () => {
    await happened(sent('1'), { ...edited('1', 'mended', '2'), actor: who('moderator') });
    expect(target.requests.at(-1)?.speaker.person).toMatchObject({ account: left, id: 'anna' });
    expect(target.requests.at(-1)?.speaker.profile.name).toBe('Anna');
  });

  it('past the time that the room gives is a correction, which goes with its message', async () => {
    target.able = { editWindowMs: 86_400_000 };
    await happened(sent('1'));
    await house.rows(`update copies set made_at = made_at - interval '25 hours' where portal = $1`, [lane]);
    await happened(edited('1', 'mended', '2'));
    const [, correction] = target.requests;
    expect(correction?.event.kind).toBe('messageSent');
    expect(correction?.replyTo).toMatchObject({ id: 'right-1' });
    expect(target.said).toEqual(['text of 1', '✏️ mended']);
    expect(await copies()).toEqual([
      { remote: 'right-1', part: 0 },
      { remote: 'right-2', part: firstCorrection },
    ]);
    await happened(edited('1', 'mended again', '3'));
    expect(target.requests.at(-1)?.replyTo).toMatchObject({ id: 'right-1' });
    await happened(deleted('1', '4'));
    expect(target.requests.at(-1)?.target.map(({ id }) => id)).toEqual(['right-1', 'right-2', 'right-3']);
  });

  it('is a correction where the network turns out to let nobody change the message', async () => {
    target.onSend = (request) => {
      if (request.event.kind === 'messageEdited') throw new Uneditable('not ours');
      request.beforeSend();
      target.made(request);
    };
    await happened(sent('1'));
    await happened(edited('1', 'mended', '2'));
    expect(target.said).toEqual(['text of 1', 'mended', '✏️ mended']);
    expect(target.requests.at(-1)).toMatchObject({ replyTo: { id: 'right-1' }, target: [] });
    expect(await copies()).toEqual([
      { remote: 'right-1', part: 0 },
      { remote: 'right-2', part: firstCorrection },
    ]);
    expect(await house.states(lane)).toEqual(['delivered', 'delivered']);
  });

  it('of what one of the room’s own people wrote is a correction by whoever made it', async () => {
    target.onSend = (request) => {
      if (request.event.kind === 'messageEdited') throw new Uneditable('somebody else wrote it');
      request.beforeSend();
      target.made(request);
    };
    await happened({ ...sent('1'), actor: { ...who('ours'), account: right } });
    await happened({ ...edited('1', 'mended', '2'), actor: who('moderator') });
    expect(target.said.at(-1)).toBe('✏️ mended');
    expect(target.requests.at(-1)?.speaker.person).toMatchObject({ account: left, id: 'moderator' });
  });

  it.each([
    ['past the time that the room gives', { editWindowMs: 86_400_000 }, 0],
    ['where nobody can change the message', {}, firstCorrection],
  ])('is a correction %s, also where a look finds it', async (_, able, foundPart) => {
    target.able = able;
    await happened(sent('1'));
    await house.rows(`update copies set made_at = made_at - interval '25 hours' where portal = $1`, [lane]);
    await house.ingest.accept(source, [payload('edit', edited('1', 'mended', '2'))]);
    await house.rows(
      `update deliveries set uncertain_since = now() - interval '1 minute', settled_at = now() - interval '1 second' where state = 'waiting'`,
    );
    const keys = new Set<number | undefined>();
    target.onLook = (asked) => {
      const [correction] = asked;
      if (correction === undefined) throw new Error('it is not looked for');
      keys.add(correction.partOf(house.keys.make(correction.delivery, firstCorrection)));
      return Promise.resolve([{ delivery: correction.delivery, done: [{ part: foundPart, id: remoteId('found') }] }]);
    };
    await run();
    expect([...keys]).toEqual([foundPart]);
    expect(await copies()).toEqual([
      { remote: 'right-1', part: 0 },
      { remote: 'found', part: firstCorrection },
    ]);
  });

  it('of a message that is not in the room is not looked for after an unclean stop, and hides nothing before it', async () => {
    await house.ingest.accept(source, [payload('a', sent('1'), edited('1', 'mended', '2'))]);
    await house.rows(
      `update deliveries set uncertain_since = now() - interval '1 minute', settled_at = now() - interval '1 second'`,
    );
    target.onLook = (asked) => {
      expect(asked.map(({ event }) => event.kind)).toEqual(['messageSent']);
      return Promise.resolve(asked.map(({ delivery }) => ({ delivery, done: 'notFound' })));
    };
    await run();
    expect(target.said).toEqual(['text of 1', 'mended']);
  });
});

describe('reactions through one account', () => {
  const acts = () => target.requests.slice(1).map(({ event }) => event.kind);

  it('are added with the first and taken back with the last', async () => {
    await happened(sent('1'), reaction('anna', '1'), reaction('ben', '2'), removal('anna', '3'));
    expect(acts()).toEqual(['reactionAdded']);
    await happened(removal('ben', '4'));
    expect(acts()).toEqual(['reactionAdded', 'reactionRemoved']);
  });

  it('count for each emoji', async () => {
    await happened(sent('1'), reaction('anna', '1'), reaction('anna', '2', '🎉'), removal('anna', '3'));
    expect(acts()).toEqual(['reactionAdded', 'reactionAdded', 'reactionRemoved']);
  });

  it('that the room does not show are not taken back', async () => {
    target.able = { reactions: 'emoji' };
    await happened(sent('1'), reaction('anna', '1', ':wave:'), removal('anna', '2', ':wave:'));
    expect(acts()).toEqual([]);
    expect(await house.states(lane)).toEqual([
      'delivered',
      'skipped: the room takes emoji only as reactions',
      'skipped: the room takes emoji only as reactions',
    ]);
  });

  it('found made after an unclean stop count too', async () => {
    await house.ingest.accept(source, [payload('a', sent('1'))]);
    await run();
    await house.ingest.accept(source, [payload('b', reaction('anna', '1'), sent('2'))]);
    await house.rows(
      `update deliveries set uncertain_since = now() - interval '1 minute', settled_at = now() where state = 'waiting'`,
    );
    target.onLook = (asked) =>
      Promise.resolve(asked.map(({ delivery }) => ({ delivery, done: [{ part: 0, id: remoteId('found') }] })));
    await run();
    expect(target.requests).toHaveLength(1);
    await happened(removal('anna', '2'));
    expect(acts()).toEqual(['reactionRemoved']);
  });
});

describe('reactions of ghosts', () => {
  beforeEach(() => {
    target.able = { speakers: ['ghost', 'relay'] };
    target.onSend = (request) => {
      target.made(request);
      if (request.event.kind === 'reactionAdded') {
        request.onMade({ part: 0, id: remoteId(`by ${request.speaker.person.id}`) });
      }
    };
  });

  it('are each its own, and each is taken back by its own id', async () => {
    await happened(sent('1'), reaction('anna', '1'), reaction('ben', '2'), removal('anna', '3'));
    expect(target.requests.slice(1).map(({ event, reaction: made }) => [event.kind, made?.id])).toEqual([
      ['reactionAdded', undefined],
      ['reactionAdded', undefined],
      ['reactionRemoved', 'by anna'],
    ]);
  });

  it('that one account gave for two, since the room let no ghosts in, is taken back with the last', async () => {
    target.onSend = (request) => {
      target.made(request);
      if (request.event.kind === 'reactionAdded') request.onMade({ part: 0, id: remoteId('one for all') });
    };
    await happened(sent('1'), reaction('anna', '1'), reaction('ben', '2'), removal('anna', '3'));
    expect(target.requests.slice(1).map(({ event }) => event.kind)).toEqual(['reactionAdded', 'reactionAdded']);
    await happened(removal('ben', '4'));
    expect(target.requests.at(-1)?.reaction?.id).toBe('one for all');
  });
});

describe('a cleared history', () => {
  const cleared: BridgeEvent = {
    kind: 'roomChanged',
    room: leftRoom,
    actor: person(leftRoom),
    at: '2026-01-02T03:04:09.000Z',
    change: { of: 'history', cleared: 'all' },
  };
  const options = (more: Partial<LinkOptions>) =>
    house.rows(`update links set options = $1`, [JSON.stringify({ ...defaultLinkOptions, ...more })]);

  it('is told in a line of the bridge', async () => {
    await happened(sent('1'), cleared);
    expect(target.said).toEqual(['text of 1', 'Anna (left) cleared the history']);
    expect(target.requests.at(-1)?.speaker.as).toBe('bridge');
  });

  it('takes what was bridged with it, where the link says so, and keeps no words of it', async () => {
    await options({ clearedHistory: 'delete' });
    await happened(sent('1'), sent('2'));
    await happened(cleared, sent('3'));
    expect(target.said).toEqual([
      'text of 1',
      'text of 2',
      'messageDeleted',
      'messageDeleted',
      'Anna (left) cleared the history',
      'text of 3',
    ]);
    expect(target.requests.slice(2, 4).map((request) => request.target.map(({ id }) => id))).toEqual([
      ['right-1'],
      ['right-2'],
    ]);
    expect(await house.rows(`select key from inbox where body is not null order by id`)).toHaveLength(1);
  });

  it('takes what came with it in one batch before it, and leaves what came after it', async () => {
    await options({ clearedHistory: 'delete' });
    await happened(sent('1'));
    await house.ingest.accept(source, [
      payload('before', sent('2')),
      payload('cleared', cleared),
      payload('after', sent('3')),
    ]);
    await happened(edited('3', 'more than that', '9'));
    expect(target.said).toEqual([
      'text of 1',
      'messageDeleted',
      'text of 2',
      'messageDeleted',
      'Anna (left) cleared the history',
      'text of 3',
      'more than that',
    ]);
    expect(await house.rows(`select key from inbox where body is null order by id`)).toMatchObject([
      {},
      { key: 'before' },
    ]);
  });
});

describe('mentions', () => {
  it('of a linked room name the room on the other side', async () => {
    const mention = { type: 'mention', of: { kind: 'room', room: leftRoom }, label: 'Team' } as const;
    await happened(sent('1', { body: [{ type: 'paragraph', content: [mention] }] }));
    const { event } = target.requests[0] ?? {};
    expect(event !== undefined && 'body' in event ? event.body : undefined).toEqual([
      {
        type: 'paragraph',
        content: [{ type: 'mention', of: { kind: 'room', room: { account: right, id: 'b' } }, label: 'Team' }],
      },
    ]);
  });
});

describe('names', () => {
  const says = (id: string, name: string, number: string) =>
    sent(number, { actor: { ...person(leftRoom), id: userId(id), name } });
  const names = () => target.requests.map(({ speaker }) => speaker.profile.name);

  it('that look the same are told apart by what their bearers are called on the network', async () => {
    await happened(says('anna', 'Anna', '1'), says('anna2', 'Аnna', '2'), says('ben', 'Ben', '3'));
    await happened(says('anna', 'Anna', '4'));
    expect(names()).toEqual(['Anna', 'Аnna [anna2]', 'Ben', 'Anna [anna]']);
  });

  it('are alone again when the other is called otherwise', async () => {
    await happened(says('anna', 'Anna', '1'), says('ben', 'anna', '2'));
    await happened(says('ben', 'Ben', '3'), says('anna', 'Anna', '4'));
    expect(names()).toEqual(['Anna', 'anna [ben]', 'Ben', 'Anna']);
  });
});

describe('a line that tells of a pin', () => {
  it('is no copy of what is pinned, also where its echo comes before its answer: an edit changes the message alone', async () => {
    await happened(sent('1'));
    const { room, actor, at, message } = reaction('anna', '2');
    await happened({ kind: 'pinChanged', room, actor, at, message, state: 'pinned' });
    const line = target.requests.at(-1);
    expect(line?.event.kind).toBe('messageSent');
    const ours = { ...person(rightRoom), standing: 'ours' as const };
    const key = line?.key(0);
    await house.ingest.accept(target, [
      payload('echo', { ...sent('line', { actor: ours }, rightRoom), ...(key && { key }) }),
    ]);
    expect(await copies()).toEqual([{ remote: 'right-1', part: 0 }]);
    await happened(edited('1', 'mended', '2'));
    expect(target.requests.at(-1)?.target.map(({ id }) => id)).toEqual(['right-1']);
  });
});
