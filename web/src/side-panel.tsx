import { useState } from 'preact/hooks';
import type { PageSide, SideName } from '../../src/sandbox/page.types.js';
import { Composer } from './composer.js';
import { Timeline } from './timeline.js';

/** One room as a person of its network sees it. */
export function SidePanel({
  name,
  side,
  other,
  isShown,
}: {
  readonly name: SideName;
  readonly side: PageSide;
  readonly other: PageSide;
  readonly isShown: boolean;
}) {
  const [chosen, choose] = useState(side.people[0]?.id ?? '');
  return (
    <section class={`side ${name} ${isShown ? 'shown' : ''}`} aria-label={`${side.room}, ${side.network}`}>
      <header>
        <span class="emblem" aria-hidden="true">
          {name === 'talk' ? '' : '#'}
        </span>
        <div>
          <h2>{side.room}</h2>
          <p class="quiet">{side.network}</p>
        </div>
      </header>
      <Timeline side={side} other={other} self={chosen} isShown={isShown} />
      <Composer name={name} people={side.people} chosen={chosen} onChoose={choose} isShown={isShown} />
    </section>
  );
}
