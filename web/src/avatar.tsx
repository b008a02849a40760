import type { PagePerson } from '../../src/sandbox/page.types.js';

/** The first letter of a name, on a colour that stays the person's own, in whatever room. */
export function Avatar({ person }: { readonly person: PagePerson }) {
  return (
    <span class="avatar" style={{ '--hue': String(hueOf(person.name.replace(/ \([^()]*\)$/, ''))) }} aria-hidden="true">
      {[...person.name][0]?.toUpperCase() ?? '?'}
    </span>
  );
}

function hueOf(name: string): number {
  let sum = 7;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % 360;
}
