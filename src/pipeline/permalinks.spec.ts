import type { Place } from '../model/addresses.js';
import type { MessageEdited, MessageSent } from '../model/bridge-event.js';
import { accountId, remoteId, roomId, userId } from '../model/ids.js';
import type { Inline, RichText } from '../model/rich-text.js';
import { type PermalinkLookup, placesIn, withPermalinks } from './permalinks.js';

const here = accountId('here');
const there = accountId('there');
const target = { account: there, id: roomId('hall') };

/** Networks whose addresses are `https://ACCOUNT.example/ROOM/MESSAGE`. */
const placeOf =
  (host: string) =>
  (url: string): Place | undefined => {
    const [, room, message] = new RegExp(`^https://${host}\\.example/([a-z]+)(?:/([0-9]+))?$`).exec(url) ?? [];
    if (room === undefined) return undefined;
    return { room: roomId(room), ...(message === undefined ? {} : { message: remoteId(message) }) };
  };
const addressesOf = (host: string) => ({
  placeIn: (url: string) => Promise.resolve(placeOf(host)(url)),
  addressOf: ({ room, message }: Place) =>
    Promise.resolve(`https://${host}.example/${room}${message === undefined ? '' : `/${message}`}`),
});

const asked: string[] = [];
const lookup: PermalinkLookup = {
  placesIn: (url, signal) =>
    placesIn(
      [
        { account: here, addresses: addressesOf('here') },
        { account: there, addresses: addressesOf('there') },
        { account: accountId('elsewhere') },
      ],
      url,
      signal,
    ),
  copyOn: (message) => {
    asked.push(message.id);
    const isKnown = message.room.account === here && message.room.id === roomId('room') && message.id === '7';
    return Promise.resolve(isKnown ? { room: target, id: remoteId('77') } : undefined);
  },
  linkedRoom: ({ id }) => Promise.resolve(id === 'room' ? target.id : undefined),
};

beforeEach(() => {
  asked.length = 0;
});

function said(body: RichText): MessageSent {
  const room = { account: here, id: roomId('room') };
  const actor = { account: here, id: userId('anna'), name: 'Anna', standing: 'person' as const };
  const at = '2026-01-02T03:04:05.000Z';
  return { kind: 'messageSent', room, actor, at, message: { room, id: remoteId('9') }, body, files: [], style: 'text' };
}

const paragraph = (...content: Inline[]): RichText => [{ type: 'paragraph', content }];
const words = (text: string): Inline => ({ type: 'text', text });

async function seen(event: MessageSent | MessageEdited): Promise<unknown> {
  const addresses = addressesOf('there');
  const rewritten = await withPermalinks(event, target, addresses, lookup, new AbortController().signal);
  return 'body' in rewritten ? rewritten.body : undefined;
}

describe('permalinks', () => {
  it('a bridged message is the same message where its readers are, in words and in links', async () => {
    const link: Inline = {
      type: 'link',
      url: 'https://here.example/room/7',
      content: [{ type: 'bold', content: [words('https://here.example/room/7')] }],
    };
    const named: Inline = { type: 'link', url: 'https://here.example/room/7', content: [words('the plan')] };
    expect(await seen(said(paragraph(words('as in (https://here.example/room/7).'), link, named)))).toEqual(
      paragraph(
        words('as in (https://there.example/hall/77).'),
        {
          type: 'link',
          url: 'https://there.example/hall/77',
          content: [{ type: 'bold', content: [words('https://there.example/hall/77')] }],
        },
        { type: 'link', url: 'https://there.example/hall/77', content: [words('the plan')] },
      ),
    );
    expect(asked).toEqual(['7']);
  });

  it('stands in lists, quotes and tables, and stays as it is in code', async () => {
    const item = (text: string): RichText => [
      {
        type: 'list',
        ordered: false,
        start: 1,
        items: [{ content: [{ type: 'quote', content: paragraph(words(text)) }] }],
      },
      { type: 'table', head: [[words(text)]], rows: [[[words(text)]]] },
    ];
    const code: RichText = [
      { type: 'code', text: 'https://here.example/room/7' },
      { type: 'paragraph', content: [{ type: 'code', text: 'https://here.example/room/7' }] },
    ];
    expect(await seen(said([...item('https://here.example/room/7'), ...code]))).toEqual([
      ...item('https://there.example/hall/77'),
      ...code,
    ]);
  });

  it.each([
    ['of a message that nobody bridged', 'https://here.example/room/8'],
    ['of a room that is not linked', 'https://here.example/yard'],
    ['of the readers’ own network', 'https://there.example/hall/77'],
    ['of anything else', 'https://web.example/room/7'],
  ])('an address %s stays as it is', async (_, url) => {
    const event = said(paragraph(words(url)));
    expect(await seen(event)).toEqual(event.body);
  });

  it('a linked room is the room of its readers', async () => {
    expect(await seen(said(paragraph(words('all in https://here.example/room!'))))).toEqual(
      paragraph(words('all in https://there.example/hall!')),
    );
  });

  it('an edit has them too; what the bridge says itself leads where it says', async () => {
    const { files: _none, kind: _sent, ...event } = said(paragraph(words('https://here.example/room/7')));
    expect(await seen({ ...event, kind: 'messageEdited', version: '2' })).toEqual(
      paragraph(words('https://there.example/hall/77')),
    );
    const notice = said(paragraph(words('the call: https://here.example/room')));
    expect(await seen({ ...notice, by: 'bridge' })).toEqual(notice.body);
  });

  it('of hundreds in one message no more than twenty are looked up', async () => {
    const many = Array.from({ length: 300 }, (_, at) => `https://here.example/room/${String(at + 100)}`);
    await seen(said(paragraph(words(many.join(' ')))));
    expect(asked).toHaveLength(20);
  });
});
