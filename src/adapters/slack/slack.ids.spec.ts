import { accountId, deliveryKey, remoteId } from '../../model/ids.js';
import {
  channelIn,
  deliveryKeyIn,
  emojiName,
  isoOf,
  isOurs,
  messageAddress,
  metadataOf,
  slackFileId,
  slackFileOf,
  slackFirstTold,
  slackMessageRef,
  slackPlaceIn,
  type SlackSelf,
  tsOf,
  versionOf,
} from './slack.ids.js';

const key = deliveryKey('AZx0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1');
const self: SlackSelf = {
  account: accountId('town'),
  team: 'T0TOWN0001',
  user: 'U0CRSSTALK',
  bot: 'B0CRSSTALK',
  app: 'A0CRSSTALK',
  url: 'https://town.slack.com/',
};

describe('a ts', () => {
  it.each(['1755000060.010019', '0.000000'])('%s is one', (text) => {
    expect(tsOf(remoteId(text))).toBe(text);
  });

  it.each(['', '1755000060', '1755000060.01001', '1755000060.0100190', 'x.000000', '-1.000000'])(
    '%j is none',
    (text) => {
      expect(tsOf(remoteId(text))).toBeUndefined();
    },
  );

  it('tells when its message was sent, and under which key', () => {
    expect(slackFirstTold(slackMessageRef(self.account, 'C0TOWN0001', '1755000060.010019'))).toEqual({
      key: 'C0TOWN0001/1755000060.010019',
      sentAt: new Date('2025-08-12T12:01:00.010Z'),
    });
    expect(slackFirstTold(slackMessageRef(self.account, 'C0TOWN0001', 'x'))).toBeUndefined();
  });

  it('orders events as a number does', () => {
    expect(versionOf('1755000060.010019')).toBe('1755000060010019');
    expect(versionOf('0000000000.000100')).toBe('100');
    expect(versionOf('0.000000')).toBe('0');
  });

  it('is a time, in milliseconds', () => {
    expect(isoOf('1755000060.010019')).toBe('2025-08-12T12:01:00.010Z');
  });
});

describe('who is ours', () => {
  it.each([{ user: 'U0CRSSTALK' }, { bot: 'B0CRSSTALK' }, { app: 'A0CRSSTALK', bot: 'B0OTHER001' }])(
    '%j is',
    (actor) => {
      expect(isOurs(actor, self)).toBe(true);
    },
  );

  it.each([{}, { user: 'U0ANNA0001' }, { bot: 'B0C1BOT001', app: 'A0C1BOT001' }])('%j is not', (actor) => {
    expect(isOurs(actor, self)).toBe(false);
  });

  it('where Slack does not say which app we are, another without its app is not ours', () => {
    const { app: _app, ...unnamed } = self;
    expect(isOurs({ bot: 'B0C1BOT001' }, unnamed)).toBe(false);
  });
});

describe('what people write for a channel', () => {
  it.each([
    ['C0FA1R0001', 'C0FA1R0001'],
    [' G0PR1VATE1 ', 'G0PR1VATE1'],
    ['<#C0FA1R0001>', 'C0FA1R0001'],
    ['<#C0FA1R0001|summer-fair>', 'C0FA1R0001'],
    ['https://town.slack.com/archives/C0FA1R0001', 'C0FA1R0001'],
    ['https://town.enterprise.slack.com/archives/C0FA1R0001/p1755000060010019', 'C0FA1R0001'],
    ['https://app.slack.com/client/T0TOWN0001/C0FA1R0001', 'C0FA1R0001'],
  ])('%s is %s', (written, channel) => {
    expect(channelIn(written)).toBe(channel);
  });

  it.each(['', 'general', '#general', 'U0ANNA0001', 'https://evil.example/archives/C0FA1R0001', '<@U0ANNA0001>'])(
    '%j is none',
    (written) => {
      expect(channelIn(written)).toBeUndefined();
    },
  );
});

describe('what people copy as an address', () => {
  it.each([
    ['https://town.slack.com/archives/C0FA1R0001/p1755000060010019', 'C0FA1R0001', '1755000060.010019'],
    [
      'https://town.slack.com/archives/C0FA1R0001/p1755000060010019?thread_ts=1755000000.000100&cid=C0FA1R0001',
      'C0FA1R0001',
      '1755000060.010019',
    ],
    ['https://town.enterprise.slack.com/archives/G0PR1VATE1/p1755000060010019', 'G0PR1VATE1', '1755000060.010019'],
    ['https://town.slack.com/archives/C0FA1R0001', 'C0FA1R0001', undefined],
    ['https://app.slack.com/client/T0TOWN0001/C0FA1R0001', 'C0FA1R0001', undefined],
  ])('%s', (address, room, message) => {
    expect(slackPlaceIn(address)).toEqual({ room, ...(message === undefined ? {} : { message }) });
  });

  it.each([
    'https://evil.example/archives/C0FA1R0001/p1755000060010019',
    'https://evilslack.com/archives/C0FA1R0001/p1755000060010019',
    'https://town.slack.com/archives/C0FA1R0001/p1755',
    'https://town.slack.com/files/U0ANNA0001/F0FILE0001/plan.pdf',
    'C0FA1R0001',
  ])('%s is none', (address) => {
    expect(slackPlaceIn(address)).toBeUndefined();
  });

  it('is written as Slack writes it, and read again', () => {
    const address = messageAddress('C0FA1R0001', '1755000060.010019', self);
    expect(address).toBe('https://town.slack.com/archives/C0FA1R0001/p1755000060010019');
    expect(slackPlaceIn(address)).toEqual({ room: 'C0FA1R0001', message: '1755000060.010019' });
  });
});

describe('the delivery key', () => {
  it('stands in the metadata', () => {
    expect(deliveryKeyIn({ metadata: metadataOf(key) })).toBe(key);
  });

  it('stands in the id of a block, where there are no metadata', () => {
    expect(deliveryKeyIn({ blocks: [{ block_id: 'x1' }, { block_id: key }] })).toBe(key);
  });

  it.each([
    {},
    { metadata: { event_type: 'other', event_payload: { key } } },
    { metadata: { event_type: 'crosstalk_delivery', event_payload: { key: 7 } } },
    { blocks: [{}, { block_id: 'short' }] },
  ])('is not in %j', (message) => {
    expect(deliveryKeyIn(message)).toBeUndefined();
  });
});

it.each(['thumbsup', 'wave::skin-tone-4', 'people_holding_hands::skin-tone-2::skin-tone-6', 'kazoo', '名前'])(
  '%s is the name of an emoji',
  (name) => {
    expect(emojiName(name)).toBe(name);
  },
);

it.each(['', 'a b', ':kazoo:', 'a:b', '<x>'])('%j is none', (name) => {
  expect(emojiName(name)).toBeUndefined();
});

it.each([
  { of: 'file', id: 'F0P0STER01' },
  { of: 'userAvatar', user: 'U0ANNA0001', version: 'g12/34' },
  { of: 'emoji', address: 'https://emoji.slack-edge.com/T0TOWN0001/kazoo/1a2b.png' },
] as const)('the handle of %j leads back to it', (file) => {
  expect(slackFileOf(slackFileId(file))).toEqual(file);
});

it.each(['', 'file/', 'file/../x', 'emoji/', 'emoji/file:///etc/passwd', 'mxc://a/b', 'user-avatar/U0ANNA0001'])(
  '%j is no handle',
  (id) => {
    expect(slackFileOf(id)).toBeUndefined();
  },
);
