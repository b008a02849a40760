import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TalkClient } from '../../src/adapters/talk/talk.client.js';
import { TargetGone } from '../../src/model/errors.js';
import { silentLog } from '../../src/observability/log.js';
import { systemClock } from '../../src/workers/system-clock.js';

/** Says on and on. */
function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write('x'.repeat(16 * 1024)));
  response.once('drain', () => pour(response));
}

it('a refusal of a file that has no end is read no further than any refusal is long', async () => {
  const server = createServer();
  const closed = new Promise<void>((resolve) => {
    server.on('request', (_, response: ServerResponse) => {
      response.once('close', resolve);
      response.writeHead(404);
      pour(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const times = { requestTimeoutMs: 5000, deadRoomPauseMs: 60_000, capabilitiesMaxAgeMs: 60_000 };
  const client = new TalkClient({ url, maxConnections: 4, ...times }, systemClock, silentLog);
  client.use({ user: 'alice', password: 'secret' });
  try {
    await expect(client.openFile('/remote.php/dav/a', new AbortController().signal)).rejects.toBeInstanceOf(TargetGone);
    await closed;
  } finally {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}, 20_000);
