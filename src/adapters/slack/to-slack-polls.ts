import { graphemeEnd } from '../../formatting/graphemes.js';
import type { ShownPoll } from '../../model/network-adapter.js';
import { noVoteAction, oneVoteAction, votesAction } from './slack.poll.payloads.js';
import { fallbackOf, maxBlockBytes, type SlackText } from './to-slack.js';
import type { SlackBlock } from './to-slack-blocks.js';
import type { PlainText } from './to-slack-buttons.js';

/** Each is a block with a button; of the 50 that a message has, some are for what stands around them. */
export const mostOptions = 20;
const longestQuestion = 2000;
const longestOption = 280;
/** Source: docs.slack.dev, "Option object". */
const longestChoice = 75;

/**
 * Pure: a poll as a message, with buttons while it is open. What somebody presses says all that they choose, so that nothing has to be
 * known of what they chose before.
 */
export function pollText(poll: ShownPoll): SlackText {
  const text = fallbackOf([`📊 ${poll.question}`, ...poll.options].join('\n'));
  return { text, blocks: fitting(poll) };
}

/** A message's blocks are one size at most, in bytes: words that take several each are shortened further, all alike. */
function fitting(poll: ShownPoll, share = 1): SlackBlock[] {
  const blocks = blocksOf({
    ...poll,
    question: short(poll.question, longestQuestion * share),
    options: poll.options.map((option) => short(option, longestOption * share)),
  });
  const fits = Buffer.byteLength(JSON.stringify(blocks)) <= maxBlockBytes;
  return fits || share < 1 / longestOption ? blocks : fitting(poll, share / 2);
}

function blocksOf(poll: ShownPoll): SlackBlock[] {
  const question = { type: 'text', text: nonEmpty(poll.question), style: { bold: true } } as const;
  const lead = { type: 'text', text: '📊 ' } as const;
  return [
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [lead, question] }] },
    ...poll.options.map((option, index) => optionBlock(option, index, poll)),
    ...(poll.state === 'open' ? choosing(poll) : []),
    { type: 'context', elements: [plain(summary(poll))] },
  ];
}

function optionBlock(option: string, index: number, poll: ShownPoll): SlackBlock {
  const count = poll.tally.counts[index] ?? 0;
  const words = `${option}${isSecret(poll) ? '' : ` — ${String(Math.max(0, count))}`}`;
  const hasButton = poll.state === 'open' && poll.maxVotes === 1;
  const button = { type: 'button', action_id: oneVoteAction, value: String(index), text: plain('Vote') } as const;
  return { type: 'section', text: plain(words), ...(hasButton ? { accessory: button } : {}) };
}

function choosing({ options, maxVotes }: ShownPoll): SlackBlock[] {
  const back = { type: 'button', action_id: noVoteAction, text: plain('Take my vote back') } as const;
  const takingBack: SlackBlock = { type: 'actions', elements: [back] };
  if (maxVotes === 1) return [takingBack];
  const most = maxVotes === 0 ? options.length : Math.min(maxVotes, options.length);
  const menu = {
    type: 'multi_static_select',
    action_id: votesAction,
    placeholder: plain('Choose'),
    max_selected_items: most,
    options: options.map((option, index) => ({ text: plain(short(option, longestChoice)), value: String(index) })),
  } as const;
  const asked = plain(maxVotes === 0 ? 'As many as you like' : `Up to ${String(most)}`);
  return [{ type: 'section', text: asked, accessory: menu }, takingBack];
}

function summary(poll: ShownPoll): string {
  const { voters, unknown } = poll.tally;
  const parts = [`${String(voters)} ${voters === 1 ? 'person' : 'people'} voted`];
  if (unknown > 0 && !isSecret(poll)) parts.push(`of ${String(unknown)} of them it is not known what they chose`);
  if (isSecret(poll)) parts.push('the results are shown when the poll is over');
  return (poll.state === 'open' ? parts : ['The poll is over', ...parts]).join(' · ');
}

function isSecret({ state, results }: ShownPoll): boolean {
  return results === 'hidden' && state === 'open';
}

function short(text: string, most: number): string {
  if (text.length <= most) return text;
  const room = Math.max(0, Math.floor(most) - 1);
  return `${text.slice(0, graphemeEnd(text, 0, room) ?? room).toWellFormed()}…`;
}

function plain(text: string): PlainText {
  return { type: 'plain_text', text: nonEmpty(text), emoji: false };
}

/** Slack takes no empty text. */
function nonEmpty(text: string): string {
  return text.trim() === '' ? '–' : text;
}
