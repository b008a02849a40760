import { isObject, objectsIn, type JsonObject } from './json.js';

const marks = { bold: '*', italic: '_', strike: '~', code: '`' } as const;

/** Pure: blocks in Slack's own markup, as it writes the text of messages that are made of them. */
export function textOfBlocks(blocks: readonly JsonObject[]): string {
  return blocks.map(wordsOf).join('\n').trim();
}

function wordsOf(block: JsonObject): string {
  const elements = objectsIn(block['elements']);
  switch (block['type']) {
    case 'rich_text':
      return elements.map(wordsOf).join('\n');
    case 'rich_text_list':
      return elements.map((item, at) => itemOf(block, item, at)).join('\n');
    case 'rich_text_quote':
      return inlines(elements)
        .split('\n')
        .map((line) => `&gt; ${line}`)
        .join('\n');
    case 'rich_text_preformatted':
      return `\`\`\`${elements.map(bareOf).join('')}\`\`\``;
    case 'rich_text_section':
      return inlines(elements);
    case 'context':
      return elements.map(textIn).join(' ');
    default:
      return textIn(block);
  }
}

function itemOf({ style, indent, offset }: JsonObject, item: JsonObject, at: number): string {
  const mark = style === 'ordered' ? `${(typeof offset === 'number' ? offset : 0) + at + 1}.` : '•';
  return `${'    '.repeat(typeof indent === 'number' ? indent : 0)}${mark} ${wordsOf(item)}`;
}

/** Of a block with a text of its own: a section, a header, an image. */
function textIn({ text, alt_text: label }: JsonObject): string {
  if (typeof text === 'string') return text;
  if (isObject(text) && typeof text['text'] === 'string') return text['text'];
  return typeof label === 'string' ? label : '';
}

function inlines(elements: readonly JsonObject[]): string {
  return elements.map(inlineOf).join('');
}

function inlineOf(element: JsonObject): string {
  const bare = bareOf(element);
  const { style } = element;
  if (!isObject(style) || bare.trim() === '') return bare;
  return Object.entries(marks)
    .filter(([name]) => style[name] === true)
    .reduceRight((text, [, mark]) => `${mark}${text}${mark}`, bare);
}

function bareOf(element: JsonObject): string {
  const value = (name: string): string => {
    const found = element[name];
    return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
  };
  switch (element['type']) {
    case 'user':
      return `<@${value('user_id')}>`;
    case 'channel':
      return `<#${value('channel_id')}>`;
    case 'usergroup':
      return `<!subteam^${value('usergroup_id')}>`;
    case 'broadcast':
      return `<!${value('range')}>`;
    case 'emoji': {
      const tone = value('skin_tone');
      return `:${value('name')}:${tone === '' ? '' : `:skin-tone-${tone}:`}`;
    }
    case 'date':
      return `<!date^${value('timestamp')}^${value('format')}|${value('fallback')}>`;
    case 'link': {
      const label = value('text');
      return label === '' ? `<${escaped(value('url'))}>` : `<${escaped(value('url'))}|${escaped(label)}>`;
    }
    default:
      return escaped(value('text'));
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
