import { useEffect, useReducer } from 'preact/hooks';
import { sideNames } from '../../src/sandbox/page.types.js';
import { KillDrill } from './kill-drill.js';
import { texts } from './language-in-use.js';
import { MessageWay } from './message-way.js';
import { follow } from './page-api.js';
import { changed, firstView } from './page-state.js';
import { ServiceStatus } from './service-status.js';
import { SidePanel } from './side-panel.js';
import { SideTabs } from './side-tabs.js';

export function Page() {
  const [view, change] = useReducer(changed, firstView);
  useEffect(() => follow(change), []);
  const { board, connection, shown, unseen } = view;
  const sides = sideNames.flatMap((name) => {
    const side = board?.sides[name];
    return side === undefined ? [] : [{ ...side, side: name }];
  });
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
          {board.service !== undefined && (
            <div class="works">
              <MessageWay way={board.way} isUp={board.service.state === 'ready'} />
              <KillDrill service={board.service} counts={board.counts} />
            </div>
          )}
          {sides.length > 1 && (
            <SideTabs
              sides={sides.map(({ side }) => ({ side, label: texts.networks[side], unseen: unseen[side] }))}
              shown={shown}
              onChoose={(side) => change({ type: 'shown', side })}
            />
          )}
          <main class="sides">
            {sides.map((each) => (
              <SidePanel
                key={each.side}
                name={each.side}
                side={each}
                others={board.service === undefined ? [] : sides.filter(({ side }) => side !== each.side)}
                isShown={shown === each.side}
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
