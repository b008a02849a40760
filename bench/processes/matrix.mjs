// The sandbox's homeserver as a process of its own.
import { MatrixSandbox } from '../../dist/sandbox/matrix/matrix-sandbox.js';
import { serve } from '../support/child.mjs';
import { witnessCalls } from './witness.mjs';

const matrix = new MatrixSandbox({ pushBackoffMs: 100 });
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
  ...witnessCalls(matrix.ledger, matrix.faults, (room, text) => matrix.post(room, mia, text)),
});
