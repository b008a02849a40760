// The sandbox's homeserver as a process of its own.
import { MatrixSandbox } from '../../dist/sandbox/matrix/matrix-sandbox.js';
import { serve } from '../support/child.mjs';
import { witnessCalls } from './witness.mjs';

const matrix = new MatrixSandbox({ pushBackoffMs: 100, largeFiles: 'counted', maxUploadBytes: 2 ** 30 });
const mia = matrix.addUser('mia', 'Mia');
const bot = `@crosstalk:${matrix.serverName}`;

serve({
  start: () => matrix.start(0),
  register: (registration) => matrix.registerAppservice(registration),
  rooms: (count) =>
    Array.from({ length: count }, (_, at) => {
      const room = matrix.createRoom({ creator: mia, name: `Team ${at}`, invite: [bot] });
      matrix.join(room, bot);
      return room;
    }),
  ...witnessCalls(matrix.ledger, matrix.faults, {
    post: (room, text) => matrix.post(room, mia, text),
    postFile(room, body, { name: filename, bytes }) {
      const mimetype = 'application/octet-stream';
      const url = matrix.upload(bytes, mimetype, filename);
      const info = { mimetype, size: bytes.length };
      matrix.sendEvent(room, mia, 'm.room.message', { msgtype: 'm.file', body, filename, url, info });
    },
    files: (room) =>
      matrix.messages(room).flatMap(({ content: { url } }) => {
        const stored = typeof url === 'string' ? matrix.fileAt(url) : undefined;
        return stored === undefined ? [] : [stored.bytes];
      }),
  }),
});
