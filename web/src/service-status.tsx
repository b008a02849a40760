import type { PageService, PageServiceState } from '../../src/sandbox/page.types.js';
import { texts } from './language-in-use.js';
import type { Connection } from './page-state.js';

type Look = 'good' | 'waiting' | 'bad';

const looks: Readonly<Record<PageServiceState, Look>> = {
  starting: 'waiting',
  ready: 'good',
  gone: 'bad',
  restarting: 'waiting',
};

export function ServiceStatus({
  connection,
  service,
}: {
  readonly connection: Connection;
  readonly service: PageService | undefined;
}) {
  const { look, words, more } = statusOf(connection, service);
  return (
    <p class={`status ${look}`} role="status">
      <span class="dot" aria-hidden="true" />
      <strong>{words}</strong>
      {more !== '' && <span class="detail">{more}</span>}
    </p>
  );
}

function statusOf(connection: Connection, service: PageService | undefined) {
  const status = (look: Look, words: string, more = '') => ({ look, words, more });
  if (connection === 'locked') return status('bad', texts.locked);
  if (connection === 'lost') return status('bad', texts.lost, texts.lostMore);
  if (connection === 'connecting') return status('waiting', texts.connecting);
  if (service === undefined) return status('good', texts.serversAlone);
  const process = service.process === undefined ? '' : `pid ${String(service.process)}`;
  return status(looks[service.state], texts.service[service.state], process);
}
