import { useEffect, useReducer } from 'preact/hooks';
import { KillDrill } from './kill-drill.js';
import { texts } from './language-in-use.js';
import { MessageWay } from './message-way.js';
import { follow } from './page-api.js';
import { changed, firstView } from './page-state.js';
import { ServiceStatus } from './service-status.js';
import { SidePanel } from './side-panel.js';
import { SideTabs } from './side-tabs.js';

const sides = ['talk', 'matrix'] as const;

export function Page() {
  const [view, change] = useReducer(changed, firstView);
  useEffect(() => follow(change), []);
  const { board, connection, shown, unseen } = view;
  return (
    <div class="page">
      <header class="top">
        <h1>
          {texts.title} <span>{texts.subtitle}</span>
        </h1>
        <ServiceStatus connection={connection} service={board?.service} />
      </header>
      {connection === 'locked' ? (
        <Locked />
      ) : board === undefined ? (
        <p class="quiet centered">{texts.waitingForSandbox}</p>
      ) : (
        <>
          <div class="works">
            <MessageWay way={board.way} sides={board.sides} isUp={board.service.state === 'ready'} />
            <KillDrill service={board.service} counts={board.counts} sides={board.sides} />
          </div>
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
      <p>{texts.wrongAddress}</p>
      <p class="quiet">{texts.wrongAddressMore}</p>
    </div>
  );
}
