export interface Mention {
  readonly kind: 'user' | 'guest' | 'email' | 'group' | 'team' | 'federated_user' | 'all';
  /** As it stands in the text, without `@` and quotes. */
  readonly id: string;
  /** As it stands in the text. */
  readonly written: string;
}

const pattern =
  /\B(?<![^a-z0-9_\-@.'\s])@("(?:guest|email)\/[a-f0-9]+"|"(?:federated_)?(?:group|team|user)\/[a-z0-9_\-@.' /:]+"|"[a-z0-9_\-@.' ]+"|[a-z0-9_\-@.']+)/gi;

/** Each mention once, the longest first, so that one which is the beginning of another does not replace its part. */
export function findMentions(text: string): Mention[] {
  if (!text.includes('@')) return [];
  const found = new Map<string, Mention>();
  for (const match of text.matchAll(pattern)) {
    const written = match[0];
    const id = written.slice(1).replace(/^"|"$/g, '');
    found.set(written, { kind: kindOf(id), id, written });
  }
  return [...found.values()].sort((a, b) => b.written.length - a.written.length);
}

function kindOf(id: string): Mention['kind'] {
  if (id === 'all') return 'all';
  const prefix = /^(guest|email|group|team|federated_user)\//.exec(id)?.[1];
  switch (prefix) {
    case 'guest':
    case 'email':
    case 'group':
    case 'team':
    case 'federated_user':
      return prefix;
    default:
      return 'user';
  }
}
