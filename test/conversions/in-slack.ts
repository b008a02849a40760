import { type SlackText, toSlack } from '../../src/adapters/slack/to-slack.js';
import type { SlackBlock } from '../../src/adapters/slack/to-slack-blocks.js';
import type { Button, Menu } from '../../src/adapters/slack/to-slack-buttons.js';
import type { SlackInline } from '../../src/adapters/slack/to-slack-inlines.js';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { userId } from '../../src/model/ids.js';
import { type Elsewhere, self, shownElsewhere } from './slack-captured.js';

/** What Slack can show. Of the people whom it knows from elsewhere each has its id there. */
export function slackRoom(people: Readonly<Record<string, string>> = {}): Elsewhere {
  return {
    capabilities: {
      speakers: ['relay'],
      maxTextChars: 10_000,
      maxFileBytes: 0,
      replies: 'thread',
      threads: 'plain',
      reactions: 'any',
      maxReactionsPerSpeaker: 23,
    },
    entries: new Set([
      'messageSent',
      'messageEdited',
      'messageDeleted',
      'reactionAdded',
      'reactionRemoved',
      'roomChanged',
    ]),
    people: {
      personOn: (account, { id }) => {
        const known = account === self.account ? people[id] : undefined;
        return known === undefined ? undefined : userId(known);
      },
      linkedRoom: () => Promise.resolve(undefined),
    },
  };
}

export interface Showing {
  readonly networkLabel: string;
  readonly people?: Readonly<Record<string, string>>;
  readonly name?: 'beside' | 'inText';
  readonly maxBlockBytes?: number;
}

/** The messages that our app posts for an event; none where it posts nothing. */
export async function textsInSlack(event: BridgeEvent, showing: Showing): Promise<readonly SlackText[]> {
  const shown = await shownElsewhere(event, self.account, slackRoom(showing.people), showing.networkLabel);
  if ('skip' in shown) return [];
  const { event: said, by } = shown;
  if (said.kind !== 'messageSent' && said.kind !== 'messageEdited') return [];
  const { actor: person } = said;
  const speaker = { person, networkLabel: showing.networkLabel, profile: { name: person.name } };
  return toSlack(
    said,
    { ...speaker, as: by === 'bridge' ? 'bridge' : 'relay' },
    {
      self,
      customEmoji: new Set(['kazoo']),
      everyone: 'channel',
      name: showing.name ?? 'beside',
      ...(showing.maxBlockBytes === undefined ? {} : { maxBlockBytes: showing.maxBlockBytes }),
    },
  );
}

/**
 * Blocks as lines to be read by a person: a header begins with `#`, an item with its mark, what is in a quote with `>`, code
 * with a fence and its language; in `‹…›` stands what is not plain text: `‹b i|text›` for a look, `‹url|text›`,
 * `‹@user›`, `‹#channel›`, `‹!channel›`, `‹:emoji:›`, `‹date seconds|words›`. An empty line separates elements.
 */
export function legible(blocks: readonly SlackBlock[]): string {
  return blocks.map(legibleBlock).join('\n\n');
}

function legibleBlock(block: SlackBlock): string {
  switch (block.type) {
    case 'header':
      return `# ${block.text.text}`;
    case 'divider':
      return '---';
    case 'section':
      return `${block.text.text}${block.accessory === undefined ? '' : ` ${legibleButton(block.accessory)}`}`;
    case 'actions':
      return block.elements.map(legibleButton).join(' ');
    case 'context':
      return block.elements.map(({ text }) => text).join('\n');
    case 'rich_text': {
      let before = '';
      return block.elements
        .map((element, index) => {
          // Lists that follow one another are one.
          const isOneList = element.type === 'rich_text_list' && before === element.type;
          before = element.type;
          return (index === 0 ? '' : isOneList ? '\n' : '\n\n') + legibleElement(element);
        })
        .join('');
    }
  }
}

function legibleButton(button: Button | Menu): string {
  if (button.type === 'button') return `[${button.text.text}]`;
  return `[${button.placeholder.text}: ${button.options.map(({ text }) => text.text).join(', ')}]`;
}

type RichElement = Extract<SlackBlock, { type: 'rich_text' }>['elements'][number];

function legibleElement(element: RichElement): string {
  switch (element.type) {
    case 'rich_text_section':
      return line(element.elements);
    case 'rich_text_quote':
      return quoted(line(element.elements));
    case 'rich_text_preformatted': {
      const code = ['```' + (element.language ?? ''), line(element.elements), '```'].join('\n');
      return element.border === 1 ? quoted(code) : code;
    }
    case 'rich_text_list': {
      const { style, indent, offset = 0, elements, border } = element;
      const items = elements.map((item, index) => {
        const mark = style === 'ordered' ? `${String(offset + index + 1)}. ` : '- ';
        return '  '.repeat(indent) + mark + line(item.elements).replaceAll('\n', `\n${'  '.repeat(indent + 1)}`);
      });
      return border === 1 ? quoted(items.join('\n')) : items.join('\n');
    }
  }
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((each) => `> ${each}`)
    .join('\n');
}

function line(elements: readonly SlackInline[]): string {
  return elements.map(legibleInline).join('');
}

const short = { bold: 'b', italic: 'i', strike: 's', underline: 'u', code: 'c' } as const;

function legibleInline(element: SlackInline): string {
  const looks = (['bold', 'italic', 'strike', 'underline', 'code'] as const)
    .filter((look) => element.style?.[look] === true)
    .map((look) => short[look])
    .join(' ');
  const shown = element.type === 'text' ? element.text : `‹${special(element)}›`;
  return looks === '' ? shown : `‹${looks}|${shown}›`;
}

function special(element: Exclude<SlackInline, { type: 'text' }>): string {
  switch (element.type) {
    case 'link':
      return element.text === undefined ? element.url : `${element.url}|${element.text}`;
    case 'user':
      return `@${element.user_id}`;
    case 'channel':
      return `#${element.channel_id}`;
    case 'broadcast':
      return `!${element.range}`;
    case 'emoji':
      return `:${element.name}:`;
    case 'date':
      return `date ${String(element.timestamp)}|${element.fallback}`;
  }
}
