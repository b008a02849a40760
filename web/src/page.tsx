import { useEffect, useReducer } from 'preact/hooks';
import { follow } from './page-api.js';
import { changed, firstView } from './page-state.js';
import { SidePanel } from './side-panel.js';
import { SideTabs } from './side-tabs.js';
import { ServiceStatus } from './service-status.js';

const sides = ['talk', 'matrix'] as const;

export function Page() {
  const [view, change] = useReducer(changed, firstView);
  useEffect(() => follow(change), []);
  const { board, connection, shown, unseen } = view;
  return (
    <div class="page">
      <header class="top">
        <h1>
          Crosstalk <span>sandbox</span>
        </h1>
        <ServiceStatus connection={connection} service={board?.service} />
      </header>
      {connection === 'locked' ? (
        <Locked />
      ) : board === undefined ? (
        <p class="quiet centered">Waiting for the sandbox …</p>
      ) : (
        <>
          <SideTabs
            sides={sides.map((side) => ({ side, label: board.sides[side].network, unseen: unseen[side] }))}
            shown={shown}
            onChoose={(side) => change({ type: 'shown', side })}
          />
          <main class="sides">
            {sides.map((side) => (
              <SidePanel
                key={side}
                name={side}
                side={board.sides[side]}
                other={board.sides[side === 'talk' ? 'matrix' : 'talk']}
                isShown={shown === side}
              />
            ))}
          </main>
        </>
      )}
    </div>
  );
}

function Locked() {
  return (
    <div class="centered">
      <p>This address is not, or no longer, the sandbox’s.</p>
      <p class="quiet">Every start has an address of its own: open the one that the sandbox printed.</p>
    </div>
  );
}
