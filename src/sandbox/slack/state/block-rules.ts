import { SlackError } from '../slack-error.js';
import { newBlockId } from './ids.js';
import { isObject, type JsonObject } from './json.js';

/** Source: https://docs.slack.dev/reference/block-kit/blocks */
const mostBlocks = 50;
const longestSection = 3000;
const longestHeader = 150;
const longestMarkdown = 12_000;
const longestId = 255;
/** Bytes of JSON, as measured by others: https://github.com/slackapi/bolt-js/issues/2509 */
const largestTogetherBytes = 13_300;
const kinds = new Set<unknown>([
  'actions',
  'context',
  'context_actions',
  'divider',
  'file',
  'header',
  'image',
  'input',
  'markdown',
  'rich_text',
  'section',
  'table',
  'video',
]);

/** Blocks as they are kept, each with an id. Throws SlackError `invalid_blocks`, `invalid_blocks_format`, `msg_blocks_too_long`. */
export function checkedBlocks(value: unknown): readonly JsonObject[] {
  if (!Array.isArray(value)) throw new SlackError('invalid_blocks_format');
  if (value.length > mostBlocks) throw invalid(`no more than ${mostBlocks} items allowed [json-pointer:/blocks]`);
  const seen = new Set<string>();
  const blocks = value.map((block: unknown, at) => checkedBlock(block, at, seen));
  if (Buffer.byteLength(JSON.stringify(value)) > largestTogetherBytes) throw new SlackError('msg_blocks_too_long');
  return blocks;
}

/** Pure but for their ids: blocks as a client sends them, which makes no faulty ones. */
export function namedBlocks(blocks: readonly JsonObject[]): readonly JsonObject[] {
  return blocks.map((block) => ({ block_id: newBlockId(), ...block }));
}

function checkedBlock(block: unknown, at: number, seen: Set<string>): JsonObject {
  if (!isObject(block)) throw new SlackError('invalid_blocks_format');
  if (!kinds.has(block['type']))
    throw invalid(`unsupported type: ${String(block['type'])} [json-pointer:/blocks/${at}/type]`);
  const id = block['block_id'];
  if (typeof id === 'string') {
    if (id.length > longestId) throw invalid(`must be less than 256 characters [json-pointer:/blocks/${at}/block_id]`);
    if (seen.has(id)) throw invalid(`\`block_id\` ${id} already exists [json-pointer:/blocks/${at}/block_id]`);
    seen.add(id);
  }
  checkText(block, at);
  return { ...block, block_id: typeof id === 'string' && id !== '' ? id : newBlockId() };
}

function checkText(block: JsonObject, at: number): void {
  const { type, text, fields, elements } = block;
  const words = isObject(text) ? text['text'] : text;
  const length = typeof words === 'string' ? words.length : undefined;
  const pointer = `[json-pointer:/blocks/${at}/text]`;
  if (type === 'section') {
    if (length === undefined && !Array.isArray(fields)) throw invalid(`missing required field: text ${pointer}`);
    if (length === 0) throw invalid(`must be more than 0 characters ${pointer}`);
    if (length !== undefined && length > longestSection) throw invalid(`must be less than 3001 characters ${pointer}`);
  }
  if (type === 'header' && (length === undefined || length > longestHeader)) {
    throw invalid(`must be less than 151 characters ${pointer}`);
  }
  if (type === 'markdown' && (length === undefined || length > longestMarkdown)) {
    throw invalid(`must be less than 12001 characters ${pointer}`);
  }
  if ((type === 'rich_text' || type === 'context') && !Array.isArray(elements)) {
    throw invalid(`missing required field: elements [json-pointer:/blocks/${at}/elements]`);
  }
  if (type === 'context' && Array.isArray(elements) && elements.length > 10) {
    throw invalid(`no more than 10 items allowed [json-pointer:/blocks/${at}/elements]`);
  }
  if (type === 'image' && (typeof block['alt_text'] !== 'string' || block['alt_text'] === '')) {
    throw invalid(`missing required field: alt_text [json-pointer:/blocks/${at}/alt_text]`);
  }
  if (type === 'rich_text') checkRichText(elements, at);
}

const richTextKinds = new Set<unknown>([
  'rich_text_section',
  'rich_text_list',
  'rich_text_preformatted',
  'rich_text_quote',
]);

function checkRichText(elements: unknown, at: number): void {
  for (const [index, element] of (elements as unknown[]).entries()) {
    const pointer = `[json-pointer:/blocks/${at}/elements/${index}]`;
    if (!isObject(element) || !richTextKinds.has(element['type'])) throw invalid(`unsupported type ${pointer}`);
    const inner = element['elements'];
    if (!Array.isArray(inner)) throw invalid(`missing required field: elements ${pointer}`);
    for (const leaf of inner as unknown[]) {
      // Slack takes no empty text.
      if (isObject(leaf) && leaf['type'] === 'text' && leaf['text'] === '') {
        throw invalid(`must be more than 0 characters ${pointer}`);
      }
    }
  }
}

function invalid(message: string): SlackError {
  const said = `[ERROR] ${message}`;
  return new SlackError('invalid_blocks', { errors: [message], response_metadata: { messages: [said] } });
}
