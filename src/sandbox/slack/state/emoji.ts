import iamcal from 'emojibase-data/en/shortcodes/iamcal.json' with { type: 'json' };

const selector = '\ufe0f';
const firstTone = 0x1f3fb;
const form = /^([a-z0-9_+'-]+?)(?:::skin-tone-[2-6])*$/;

/** Everybody's emoji by Slack's names: their code points, hexadecimal, separated by hyphens. */
const standard: ReadonlyMap<string, string> = new Map(
  Object.entries(iamcal).flatMap(([points, names]) =>
    [names].flat().map((name) => [name, points.toLowerCase()] as const),
  ),
);

/** Pure: of an emoji that everybody has. */
export function codePointsOf(name: string): string | undefined {
  return standard.get(name);
}

/** Pure: whether a workspace takes a reaction of that name: one of its own, or one of everybody's with its skin tones. */
export function isKnownEmoji(name: string, custom: ReadonlyMap<string, string>): boolean {
  const [, base] = form.exec(name) ?? [];
  return base !== undefined && (custom.has(base) || standard.has(base));
}

const firstNames: ReadonlyMap<string, string> = new Map(
  [...standard].reverse().map(([name, points]) => [qualifiedLess(emojiAt(points)), name] as const),
);

/** Pure: the emoji that a name stands for, where everybody has it. */
export function emojiOf(name: string): string | undefined {
  const [base = '', tone] = name.split('::skin-tone-');
  const points = standard.get(base);
  if (points === undefined) return undefined;
  const [first = '', ...rest] = [...emojiAt(points)];
  const toned = tone === undefined ? '' : String.fromCodePoint(firstTone + Number(tone[0]) - 2);
  return [first, toned, ...(toned === '' ? rest : rest.filter((each) => each !== selector))].join('');
}

/** Pure: how clients name an emoji; undefined where there is no such. */
export function nameOfEmoji(emoji: string): string | undefined {
  const tone = [...emoji].map((each) => (each.codePointAt(0) ?? 0) - firstTone).find((each) => each >= 0 && each < 5);
  const bare = [...qualifiedLess(emoji)].filter((each) => !isTone(each)).join('');
  const name = firstNames.get(bare);
  return name === undefined || tone === undefined ? name : `${name}::skin-tone-${tone + 2}`;
}

function emojiAt(points: string): string {
  return String.fromCodePoint(...points.split('-').map((point) => Number.parseInt(point, 16)));
}

function qualifiedLess(emoji: string): string {
  return emoji.replaceAll(selector, '');
}

function isTone(letter: string): boolean {
  const at = (letter.codePointAt(0) ?? 0) - firstTone;
  return at >= 0 && at < 5;
}
