// Raw HTTP writes of the client that the service uses, and nothing besides.
import { Pool } from 'undici';
import { nowMs, serve } from '../support/child.mjs';

serve({
  /** Writes to `targets` in turn by `clients` at a time, each after its last answer. Returns writes per second and each one's milliseconds. */
  async write({ url, headers, targets, clients, forMs }) {
    const pool = new Pool(url, { connections: clients });
    const tookMs = [];
    let number = 0;
    const startMs = nowMs();
    const client = async (which) => {
      for (let at = which; nowMs() - startMs < forMs; at += clients) {
        const { method, path, body } = targets[at % targets.length];
        const beganMs = nowMs();
        const unique = method === 'PUT' ? `${path}/p${startMs}n${(number += 1)}` : path;
        const text = body === undefined ? {} : { body: JSON.stringify(body) };
        const answer = await pool.request({ method, path: unique, headers, ...text });
        const said = await answer.body.text();
        // Slack refuses with a 200 too.
        if (answer.statusCode >= 300 || said.startsWith('{"ok":false'))
          throw new Error(`${method} ${path}: ${answer.statusCode} ${said.slice(0, 200)}`);
        tookMs.push(nowMs() - beganMs);
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, which) => client(which)));
    const overMs = nowMs() - startMs;
    await pool.close();
    return { perSecond: (tookMs.length * 1000) / overMs, tookMs };
  },
});
