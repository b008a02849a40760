import type { PageBlock, PageControl } from './page.types.js';
import { type NameOf, shownRichText } from './shown-rich-text.js';
import { isObject, objectsIn, type JsonObject } from './slack/state/json.js';

/** Pure: a message that an app laid out, line by line, with what can be pressed; undefined where it is a text and no more. */
export function shownBlocks(blocks: readonly JsonObject[], nameOf: NameOf): readonly PageBlock[] | undefined {
  if (blocks.every(({ type }) => type !== 'section' && type !== 'actions')) return undefined;
  return blocks.map((block): PageBlock => ({
    look: block['type'] === 'context' ? 'small' : 'usual',
    text: shownRichText([block], nameOf),
    controls: pressableIn(block).flatMap(controlOf),
  }));
}

/** Pure: what can be pressed in a block. */
export function pressableIn({ type, accessory, elements }: JsonObject): JsonObject[] {
  if (type === 'actions') return objectsIn(elements);
  return isObject(accessory) ? [accessory] : [];
}

function controlOf(element: JsonObject): PageControl[] {
  const { type, action_id: action, value, max_selected_items: most } = element;
  if (typeof action !== 'string') return [];
  switch (type) {
    case 'button':
      return [{ is: 'button', action, words: wordsIn(element['text']), value: typeof value === 'string' ? value : '' }];
    case 'multi_static_select': {
      const options = objectsIn(element['options']).map((option) => ({
        words: wordsIn(option['text']),
        value: String(option['value']),
      }));
      const words = wordsIn(element['placeholder']);
      return [{ is: 'menu', action, words, most: typeof most === 'number' ? most : options.length, options }];
    }
    default:
      return [];
  }
}

function wordsIn(text: unknown): string {
  return isObject(text) && typeof text['text'] === 'string' ? text['text'] : '';
}
