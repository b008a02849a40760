import type { SideName } from '../../src/sandbox/page.types.js';
import { texts } from './language-in-use.js';

export interface SideTab {
  readonly side: SideName;
  readonly label: string;
  readonly unseen: number;
}

/** Chooses the panel where there is room for one only. */
export function SideTabs({
  sides,
  shown,
  onChoose,
}: {
  readonly sides: readonly SideTab[];
  readonly shown: SideName;
  readonly onChoose: (side: SideName) => void;
}) {
  return (
    <nav class="tabs" aria-label={texts.sides}>
      {sides.map(({ side, label, unseen }) => (
        <button
          key={side}
          type="button"
          class={side}
          aria-pressed={side === shown ? 'true' : 'false'}
          onClick={() => onChoose(side)}
        >
          {label}
          {unseen > 0 && side !== shown && (
            <span class="unseen">
              {unseen}
              <span class="only-read"> {texts.unseen}</span>
            </span>
          )}
        </button>
      ))}
    </nav>
  );
}
