import { fromBlocks } from '../../src/adapters/slack/from-slack-blocks.js';
import { fromMrkdwn } from '../../src/adapters/slack/from-slack-mrkdwn.js';
import type { Reading } from '../../src/adapters/slack/from-slack-inlines.js';
import { readNodes } from '../../src/adapters/slack/slack.payloads.js';
import { type SlackText, toSlack } from '../../src/adapters/slack/to-slack.js';
import { fromMatrix } from '../../src/adapters/matrix/from-matrix.js';
import { type JsonObject, parseStored } from '../../src/adapters/matrix/matrix.payloads.js';
import { toMatrix } from '../../src/adapters/matrix/to-matrix.js';
import { relayedTexts } from '../../src/adapters/talk/to-talk.js';
import { findMentions } from '../../src/sandbox/talk/state/mentions.js';
import { accountId, type AccountId, userId } from '../../src/model/ids.js';
import type { RichText } from '../../src/model/rich-text.js';
import type { ReadResult } from '../../src/model/network-adapter.js';
import { captured } from './matrix-captured.js';
import { faults as matrixFaults } from './matrix-faults.js';
import { self as slackSelf } from './slack-captured.js';
import { calls as slackCalls, faults as slackFaults } from './slack-faults.js';
import { matrix } from './slack-in-matrix.js';
import { read as readTalk, rowNamed, talk } from './talk-rows.js';

/** A network as a format: what its people see of a text, and what it makes of what they write. */
export interface Format<Part = unknown> {
  readonly account: AccountId;
  /** Ann's id. She has a login on each network; nobody else of another network has one. */
  readonly ann: string;
  /** The messages that show a text in the person's own name, in order. */
  write(body: RichText): readonly Part[];
  /** What a message says, when a person of the network sends it. */
  read(part: Part): RichText;
  /** What is read of what a person typed. */
  typed(text: string): RichText;
  /** What of the network's rules a message breaks. */
  faults(part: Part): readonly string[];
  /** Whom a message rings for: ids, and `all`. */
  calls(part: Part): readonly string[];
}

export type Network = 'talk' | 'matrix' | 'slack';

const by = {
  networkLabel: 'Elsewhere',
  profile: { name: 'Mia' },
  person: { account: accountId('elsewhere'), id: userId('mia'), name: 'Mia', standing: 'person' },
} as const;
const longest = { talk: 32_000, slack: 12_000 };

function bodyIn(result: ReadResult): RichText {
  const [event] = 'events' in result ? result.events : [];
  return event?.kind === 'messageSent' ? event.body : [];
}

const inTalk: Format<string> = {
  account: talk,
  ann: 'users/ann',
  write: (body) =>
    relayedTexts(
      { body, style: 'text' },
      { ...by, as: 'own' },
      {
        account: talk,
        baseUrl: 'https://cloud.example.org',
        maxChars: longest.talk,
      },
    ),
  read: (text) => {
    const known = findMentions(text).filter(({ id }) => id === 'ann' || id === 'all');
    const message = known.reduce((placed, { id, written }) => placed.replaceAll(written, `{mention-${id}}`), text);
    const messageParameters = {
      'mention-ann': { type: 'user', id: 'ann', name: 'Ann', 'mention-id': 'ann' },
      'mention-all': { type: 'call', id: 'xnxf6a5d', name: 'Summer fair', 'call-type': 'group', 'mention-id': 'all' },
    };
    return bodyIn(readTalk({ ...rowNamed('plain: one line'), ...{ message, messageParameters } }));
  },
  typed: (text) => inTalk.read(text),
  faults: (text) => [
    ...(text.length <= longest.talk ? [] : ['length of a message']),
    ...(/\S/u.test(text) ? [] : ['nothing is said']),
    ...(text.isWellFormed() ? [] : ['lone surrogates']),
  ],
  calls: (text) => findMentions(text).map(({ kind, id }) => (kind === 'user' ? `users/${id}` : id)),
};

const plain = captured.find(({ name }) => name === 'element web: plain')!;

const inMatrix: Format<JsonObject> = {
  account: matrix.account,
  ann: '@ann:town.example',
  write: (body) => toMatrix({ body, style: 'text' }, matrix, { voice: { as: 'ghost' } }),
  read: (content) => {
    const event = { ...plain.event, sender: '@mia:town.example', content };
    return bodyIn(fromMatrix(parseStored({ event, senderName: 'Mia', order: '1', mayCallAll: true }), matrix));
  },
  typed: (html) =>
    inMatrix.read({ msgtype: 'm.text', body: html, format: 'org.matrix.custom.html', formatted_body: html }),
  faults: matrixFaults,
  calls: ({ 'm.mentions': mentions }) => {
    const { user_ids: users = [], room = false } = mentions as { user_ids?: readonly string[]; room?: boolean };
    return [...users, ...(room ? ['all'] : [])];
  },
};

const reading: Reading = {
  self: slackSelf,
  names: { user: () => undefined, channel: () => undefined, group: () => undefined, emoji: () => undefined },
};

const inSlack: Format<SlackText> = {
  account: slackSelf.account,
  ann: 'U0ANN00001',
  write: (body) =>
    toSlack(
      { body, style: 'text' },
      { ...by, as: 'relay' },
      {
        self: slackSelf,
        customEmoji: new Set(['kazoo']),
        everyone: 'channel',
        name: 'beside',
      },
    ),
  read: ({ blocks }) => fromBlocks(readNodes(JSON.parse(JSON.stringify(blocks))), reading),
  typed: (mrkdwn) => fromMrkdwn(mrkdwn, reading),
  faults: (part) => [
    ...slackFaults(part, longest.slack),
    ...(/<|>|@(?:channel|here|everyone)/i.test(part.text) ? ['a fallback that rings'] : []),
  ],
  calls: ({ blocks }) => slackCalls(blocks).map((each) => (each.startsWith('U') ? each : 'all')),
};

export const formats = { talk: inTalk, matrix: inMatrix, slack: inSlack } as Readonly<Record<Network, Format>>;

const networks: readonly Network[] = ['talk', 'matrix', 'slack'];
/** The six directions. */
export const directions = networks.flatMap((from) =>
  networks.filter((to) => to !== from).map((to) => [from, to] as const),
);
