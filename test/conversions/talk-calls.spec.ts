import { toMatrix } from '../../src/adapters/matrix/to-matrix.js';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { accountId, deliveryId, roomId } from '../../src/model/ids.js';
import { defaultLinkOptions } from '../../src/model/link-options.js';
import { type Known, roomKey } from '../../src/model/routing.js';
import { route } from '../../src/pipeline/route.js';
import { legible, textsInSlack } from './in-slack.js';
import { matrix, onlyEvent, read, rowNamed, talk, withoutDefaults } from './talk-rows.js';

const fair = { account: talk, id: roomId('xnxf6a5d') };
const elsewhere = {
  portal: '2',
  account: accountId('elsewhere'),
  room: roomId('there'),
  direction: 'both',
  shard: 1,
} as const;

/** What one linked room is to be told of captured rows, one batch each. */
function toldOf(names: readonly string[]): BridgeEvent[] {
  const known: Known = {
    wiring: new Map([
      [
        roomKey(fair),
        {
          link: '1',
          linkedAt: new Date(0),
          options: defaultLinkOptions,
          own: { portal: '1', account: talk, room: fair.id, direction: 'both', shard: 1 },
          others: [elsewhere],
        },
      ],
    ]),
    copies: new Map(),
    told: new Set(),
    messages: new Map(),
    polls: new Map(),
    ballots: new Map(),
    reactions: new Map(),
    reactionsByRemote: new Map(),
    calls: new Map(),
    deliveries: new Map(),
    parkedByMessage: new Map(),
    reached: new Map(),
  };
  let made = 0;
  return names.flatMap((name) => {
    const arrival = {
      inbox: name,
      account: talk,
      order: 'kept',
      content: read(rowNamed(name)),
      from: 'source',
    } as const;
    const { deliveries } = route([arrival], known, {
      now: new Date(),
      heldEventsMs: 0,
      firstTold: () => undefined,
      label: () => 'Talk',
      verify: () => undefined,
      newMessageId: () => String((made += 1)),
      newDeliveryId: () => deliveryId(String((made += 1))),
    });
    return deliveries.map(({ event }) => event);
  });
}

const whole = [
  'call: started',
  'call: bob joined',
  'call: bob left',
  'call: alice left',
  'call: ended, with who was in it',
] as const;
const address = 'https://cloud.example.org/index.php/call/xnxf6a5d';

describe('Talk’s calls elsewhere', () => {
  it('Matrix: one notice of the bridge with a link, edited as people come and at the end', () => {
    const contents = toldOf(whole).map((event) => {
      if (event.kind !== 'messageSent' && event.kind !== 'messageEdited') throw new Error(event.kind);
      return [
        event.kind,
        event.message.id,
        ...toMatrix(event, matrix, { voice: { as: 'bridge' } }).map(withoutDefaults),
      ];
    });
    expect(contents).toEqual([
      [
        'messageSent',
        '3698',
        {
          msgtype: 'm.notice',
          body: `📞 alice (Talk) started a call: join it (${address})`,
          formatted_body: `📞 alice (Talk) started a call: <a href="${address}">join it</a>`,
        },
      ],
      [
        'messageEdited',
        '3698',
        {
          msgtype: 'm.notice',
          body: `📞 alice (Talk) started a call: join it (${address})\nWith bob`,
          formatted_body: `📞 alice (Talk) started a call: <a href="${address}">join it</a><br>With bob`,
        },
      ],
      [
        'messageEdited',
        '3698',
        { msgtype: 'm.notice', body: '📞 The call that alice (Talk) started is over after 1 s\nWith bob' },
      ],
    ]);
  });

  it('Slack: the same', async () => {
    const texts = await Promise.all(toldOf(whole).map((event) => textsInSlack(event, { networkLabel: 'Talk' })));
    expect(texts.map((each) => each.map(({ blocks }) => legible(blocks)))).toEqual([
      [`‹i|📞 alice (Talk) started a call: ›‹i|‹${address}|join it››`],
      [`‹i|📞 alice (Talk) started a call: ›‹i|‹${address}|join it››\n‹i|With bob›`],
      ['‹i|📞 The call that alice (Talk) started is over after 1 s›\n‹i|With bob›'],
    ]);
  });

  it('a silent one rings for nobody, and the one that somebody ended for all names who was in it', () => {
    const [silent, over] = toldOf(['call: started silently', 'call: ended for everybody']);
    expect(silent).toMatchObject({ kind: 'messageSent', attention: 'silent', by: 'bridge' });
    expect(JSON.stringify(over)).toContain('is over after 0 s');
    expect(onlyEvent(read(rowNamed('call: ended for everybody')))).toMatchObject({
      change: { people: [{ id: 'users/bob', name: 'bob' }] },
    });
  });
});
