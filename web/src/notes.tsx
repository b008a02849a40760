import type { PageNote } from '../../src/sandbox/page.types.js';
import { texts } from './language-in-use.js';

const mostShown = 2;

/** What the room tells of itself; of many lines the first, with the others to unfold. */
export function Notes({ notes }: { readonly notes: readonly [PageNote, ...PageNote[]] }) {
  const [first, ...others] = notes;
  if (notes.length <= mostShown) {
    return (
      <div class="notes">
        {notes.map(({ id, note }) => (
          <p key={id}>{texts.note(note)}</p>
        ))}
      </div>
    );
  }
  return (
    <details class="notes">
      <summary>
        {texts.note(first.note)} <span>{texts.moreNotes(others.length)}</span>
      </summary>
      {others.map(({ id, note }) => (
        <p key={id}>{texts.note(note)}</p>
      ))}
    </details>
  );
}
