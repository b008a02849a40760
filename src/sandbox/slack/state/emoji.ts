import iamcal from 'emojibase-data/en/shortcodes/iamcal.json' with { type: 'json' };

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
