import names from 'emojibase-data/en/shortcodes/iamcal.json' with { type: 'json' };

const selector = '\ufe0f';
/** Emoji of the recommended set in their fully qualified form. */
const recommended = new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v');
/** What is shown as a picture only where the selector asks for it; a skin tone behind it asks for it too. */
const asksForPicture = /(?:(?!\p{Emoji_Presentation}|[0-9#*])\p{Emoji}|[0-9#*](?=\u20e3))(?!\p{Emoji_Modifier})/gu;

/** What may be shown either way. Source: Unicode 17, emoji-variation-sequences.txt. */
const eitherWay =
  /^[#*0-9\u{a9}\u{ae}\u{203c}\u{2049}\u{2122}\u{2139}\u{2194}-\u{2199}\u{21a9}\u{21aa}\u{231a}\u{231b}\u{2328}\u{23cf}\u{23e9}-\u{23f3}\u{23f8}-\u{23fa}\u{24c2}\u{25aa}\u{25ab}\u{25b6}\u{25c0}\u{25fb}-\u{25fe}\u{2600}-\u{2604}\u{260e}\u{2611}\u{2614}\u{2615}\u{2618}\u{261d}\u{2620}\u{2622}\u{2623}\u{2626}\u{262a}\u{262e}\u{262f}\u{2638}-\u{263a}\u{2640}\u{2642}\u{2648}-\u{2653}\u{265f}\u{2660}\u{2663}\u{2665}\u{2666}\u{2668}\u{267b}\u{267e}\u{267f}\u{2692}-\u{2697}\u{2699}\u{269b}\u{269c}\u{26a0}\u{26a1}\u{26a7}\u{26aa}\u{26ab}\u{26b0}\u{26b1}\u{26bd}\u{26be}\u{26c4}\u{26c5}\u{26c8}\u{26ce}\u{26cf}\u{26d1}\u{26d3}\u{26d4}\u{26e9}\u{26ea}\u{26f0}-\u{26f5}\u{26f7}-\u{26fa}\u{26fd}\u{2702}\u{2705}\u{2708}-\u{270d}\u{270f}\u{2712}\u{2714}\u{2716}\u{271d}\u{2721}\u{2728}\u{2733}\u{2734}\u{2744}\u{2747}\u{274c}\u{274e}\u{2753}-\u{2755}\u{2757}\u{2763}\u{2764}\u{2795}-\u{2797}\u{27a1}\u{27b0}\u{27bf}\u{2934}\u{2935}\u{2b05}-\u{2b07}\u{2b1b}\u{2b1c}\u{2b50}\u{2b55}\u{3030}\u{303d}\u{3297}\u{3299}\u{1f004}\u{1f170}\u{1f171}\u{1f17e}\u{1f17f}\u{1f202}\u{1f21a}\u{1f22f}\u{1f237}\u{1f30d}-\u{1f30f}\u{1f315}\u{1f31c}\u{1f321}\u{1f324}-\u{1f32c}\u{1f336}\u{1f378}\u{1f37d}\u{1f393}\u{1f396}\u{1f397}\u{1f399}-\u{1f39b}\u{1f39e}\u{1f39f}\u{1f3a7}\u{1f3ac}-\u{1f3ae}\u{1f3c2}\u{1f3c4}\u{1f3c6}\u{1f3ca}-\u{1f3ce}\u{1f3d4}-\u{1f3e0}\u{1f3ed}\u{1f3f3}\u{1f3f5}\u{1f3f7}\u{1f408}\u{1f415}\u{1f41f}\u{1f426}\u{1f43f}\u{1f441}\u{1f442}\u{1f446}-\u{1f449}\u{1f44d}\u{1f44e}\u{1f453}\u{1f46a}\u{1f47d}\u{1f4a3}\u{1f4b0}\u{1f4b3}\u{1f4bb}\u{1f4bf}\u{1f4cb}\u{1f4da}\u{1f4df}\u{1f4e4}-\u{1f4e6}\u{1f4ea}-\u{1f4ed}\u{1f4f7}\u{1f4f9}-\u{1f4fb}\u{1f4fd}\u{1f508}\u{1f50d}\u{1f512}\u{1f513}\u{1f549}\u{1f54a}\u{1f550}-\u{1f567}\u{1f56f}\u{1f570}\u{1f573}-\u{1f579}\u{1f587}\u{1f58a}-\u{1f58d}\u{1f590}\u{1f5a5}\u{1f5a8}\u{1f5b1}\u{1f5b2}\u{1f5bc}\u{1f5c2}-\u{1f5c4}\u{1f5d1}-\u{1f5d3}\u{1f5dc}-\u{1f5de}\u{1f5e1}\u{1f5e3}\u{1f5e8}\u{1f5ef}\u{1f5f3}\u{1f5fa}\u{1f610}\u{1f687}\u{1f68d}\u{1f691}\u{1f694}\u{1f698}\u{1f6ad}\u{1f6b2}\u{1f6b9}\u{1f6ba}\u{1f6bc}\u{1f6cb}\u{1f6cd}-\u{1f6cf}\u{1f6e0}-\u{1f6e5}\u{1f6e9}\u{1f6f0}\u{1f6f3}]$/u;

const tones = ['\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}'];
const anyTone = /[\u{1f3fb}-\u{1f3ff}]/gu;

/**
 * Pure: the emoji that a text is, fully qualified, however its writer qualified it; undefined where it is anything else than
 * exactly one emoji.
 */
export function oneEmoji(text: string): string | undefined {
  const qualified = text.replaceAll(selector, '').replaceAll(asksForPicture, `$&${selector}`);
  return recommended.test(qualified) ? qualified : undefined;
}

/**
 * Pure: an emoji as the key of a Matrix reaction: with variation selector 16 wherever it may stand.
 * Anything else stays as it is. Source: client-server API, "Event annotations and reactions".
 */
export function emojiForMatrix(emoji: string): string {
  const qualified = oneEmoji(emoji);
  if (qualified === undefined) return emoji;
  return eitherWay.test(qualified) ? qualified + selector : qualified;
}

/**
 * Pure: the emoji that a shortcode of Slack's names, with or without colons; skin tones stand behind it:
 * `wave::skin-tone-4`. Undefined where there is none.
 */
export function fromShortcode(name: string): string | undefined {
  const [, base = '', tone, other] = shortcode.exec(name) ?? [];
  const emoji = byName.get(base.toLowerCase());
  if (emoji === undefined || tone === undefined) return emoji;
  return withTones(emoji, toneOf(tone), toneOf(other ?? tone));
}

/**
 * Pure: what `fromShortcode` reads, without colons; undefined where there is none. Of several skin tones that no
 * shortcode says none is named.
 */
export function toShortcode(emoji: string): string | undefined {
  const qualified = oneEmoji(emoji);
  if (qualified === undefined) return undefined;
  const plain = nameOf.get(qualified);
  if (plain !== undefined) return plain;
  const name = nameOf.get(oneEmoji(qualified.replaceAll(anyTone, '')) ?? '');
  if (name === undefined) return undefined;
  const [first, second = first] = (qualified.match(anyTone) ?? []).map((tone) => tones.indexOf(tone) + 2);
  const said = `${name}::skin-tone-${String(first)}${second === first ? '' : `::skin-tone-${String(second)}`}`;
  return fromShortcode(said) === qualified ? said : name;
}

const shortcode = /^:?([a-z0-9_+-]+)(?:::skin-tone-([2-6]))?(?:::skin-tone-([2-6]))?:?$/i;

/** The names of each emoji, the one that Slack itself writes first. */
const known: readonly (readonly [emoji: string, names: readonly string[]])[] = Object.entries(names).map(
  ([points, said]) => {
    const emoji = String.fromCodePoint(...points.split('-').map((point) => Number.parseInt(point, 16)));
    return [oneEmoji(emoji) ?? emoji, [said].flat()];
  },
);
const nameOf = new Map(known.flatMap(([emoji, [name]]) => (name === undefined ? [] : [[emoji, name] as const])));
const byName = new Map(known.flatMap(([emoji, all]) => all.map((name) => [name, emoji] as const)));

function toneOf(number: string): string {
  return tones[Number(number) - 2] ?? '';
}

/** The emoji itself where it has no skin. */
function withTones(emoji: string, first: string, second: string): string {
  let [tone, next] = [first, second];
  // Of people who hold hands the people have the tones.
  const toned = emoji.replaceAll(/(?!(?<=\u200d)\u{1f91d})(\p{Emoji_Modifier_Base})\ufe0f?/gu, (_, base: string) => {
    const said = `${base}${tone}`;
    [tone, next] = [next, tone];
    return said;
  });
  return oneEmoji(toned) ?? emoji;
}
