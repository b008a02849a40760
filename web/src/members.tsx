import { useEffect, useRef } from 'preact/hooks';
import type { PagePerson } from '../../src/sandbox/page.types.js';
import { Avatar } from './avatar.js';
import { texts } from './language-in-use.js';

/** How many are in the room, and, opened, who. */
export function Members({ members }: { readonly members: readonly PagePerson[] }) {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const { current: it } = box;
      if (it?.open !== true) return;
      const isEscape = event instanceof KeyboardEvent && event.key === 'Escape';
      const isOutside = event.type === 'pointerdown' && !it.contains(event.target as Node);
      if (isEscape || isOutside) it.open = false;
      if (isEscape) it.querySelector('summary')?.focus();
    };
    document.addEventListener('keydown', close);
    document.addEventListener('pointerdown', close);
    return () => {
      document.removeEventListener('keydown', close);
      document.removeEventListener('pointerdown', close);
    };
  }, []);
  return (
    <details class="members" ref={box}>
      <summary>{texts.members(members.length)}</summary>
      <ul>
        {members.map((person) => (
          <li key={person.id}>
            <Avatar person={person} />
            <span>{person.name}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
