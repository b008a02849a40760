// The sandbox's Talk server as a process of its own.
import { TalkSandbox } from '../../dist/sandbox/talk/talk-sandbox.js';
import { serve } from '../support/child.mjs';
import { witnessCalls } from './witness.mjs';

const people = ['bridge', 'anna', 'ben'].map((id) => ({ id, displayName: id[0].toUpperCase() + id.slice(1) }));
let talk;

serve({
  async start({ pollStepMs }) {
    talk = new TalkSandbox({ pollStepMs, users: people });
    const { url } = await talk.start(0);
    Object.assign(
      calls,
      witnessCalls(talk.ledger, talk.faults, (room, text) => talk.post(room, 'anna', text)),
    );
    return { url, password: talk.issueAppPassword('bridge') };
  },
  rooms: (count) =>
    Array.from({ length: count }, (_, at) =>
      talk.createRoom({ name: `Team ${at}`, owner: 'bridge', members: ['anna', 'ben'] }),
    ),
  ...lazy('count', 'entries', 'load', 'burst', 'strike', 'heal'),
});

const calls = {};

/** Calls that are there once the server is started. */
function lazy(...names) {
  return Object.fromEntries(names.map((name) => [name, (...args) => calls[name](...args)]));
}
