import type { PageService } from '../../src/sandbox/page.types.js';
import type { Connection } from './page-state.js';

interface Status {
  readonly look: 'good' | 'waiting' | 'bad';
  readonly words: string;
  /** What it means for who writes. */
  readonly more: string;
}

const ofService: Readonly<Record<PageService, Status>> = {
  ready: { look: 'good', words: 'linked', more: '' },
  starting: { look: 'waiting', words: 'service is starting', more: 'What you write is delivered as soon as it is up.' },
  restarting: {
    look: 'waiting',
    words: 'service is restarting',
    more: 'Go on writing: everything is delivered when it is back.',
  },
};
const connecting: Status = { look: 'waiting', words: 'connecting', more: '' };
const lost: Status = {
  look: 'bad',
  words: 'sandbox does not answer',
  more: 'Is it still running? This page keeps asking.',
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
      {more !== '' && <span class="more">{more}</span>}
    </p>
  );
}

function statusOf(connection: Connection, service: PageService | undefined): Status {
  if (connection === 'locked') return { look: 'bad', words: 'wrong address', more: '' };
  if (connection === 'lost') return lost;
  return connection === 'connecting' || service === undefined ? connecting : ofService[service];
}
