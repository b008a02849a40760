import { objectsIn, type JsonObject } from './slack/state/json.js';

/** What an `@name`, a `#name` or an `:emoji:` stands for; undefined where nothing is called so. */
export type Named = (word: string) => JsonObject | undefined;

const words = /(?<![\p{L}\p{N}_])([@#][\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*|:[\p{L}\p{N}_+-]+:)/u;

/** Pure: the blocks of a typed text in which names have become mentions and emoji, as Slack's clients make them; none in code. */
export function withMentions(blocks: readonly JsonObject[], named: Named): readonly JsonObject[] {
  return blocks.flatMap((block) => within(block, named));
}

function within(element: JsonObject, named: Named): readonly JsonObject[] {
  const { type, text, style, elements } = element;
  if (type === 'rich_text_preformatted') return [element];
  if (Array.isArray(elements)) {
    return [{ ...element, elements: objectsIn(elements).flatMap((each) => within(each, named)) }];
  }
  const isCode = typeof style === 'object' && style !== null && 'code' in style;
  return type !== 'text' || typeof text !== 'string' || isCode ? [element] : partsOf(element, text, named);
}

function partsOf(element: JsonObject, text: string, named: Named): readonly JsonObject[] {
  const parts: JsonObject[] = [];
  let plain = '';
  const end = (): void => {
    if (plain !== '') parts.push({ ...element, text: plain });
    plain = '';
  };
  for (const part of text.split(words)) {
    const mention = /^[@#:]/.test(part) ? named(part) : undefined;
    if (mention === undefined) plain += part;
    else {
      end();
      parts.push(mention);
    }
  }
  end();
  return parts;
}
