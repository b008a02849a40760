// The sandbox's Talk server as a process of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { TalkSandbox } from '../../dist/sandbox/talk/talk-sandbox.js';
import { serve } from '../support/child.mjs';
import { witnessCalls } from './witness.mjs';

const mimetype = 'application/octet-stream';
const people = ['bridge', 'anna', 'ben'].map((id) => ({ id, displayName: id[0].toUpperCase() + id.slice(1) }));
const asked = { requests: 0, mostHeld: 0 };
let talk;

serve({
  async start({ pollStepMs }) {
    talk = new TalkSandbox({ pollStepMs, users: people, largeFiles: 'counted' });
    const { url } = await talk.start(0);
    talk.faults.watch(() => {
      asked.requests += 1;
      asked.mostHeld = Math.max(asked.mostHeld, talk.state.longPoll.waiting);
    });
    Object.assign(
      calls,
      witnessCalls(talk.ledger, talk.faults, {
        post: (room, text) => talk.post(room, 'anna', text),
        postFile: (room, caption, { name, bytes: data }) =>
          talk.shareFile(room, 'anna', { name, mimetype, data, caption }),
        files: (room) =>
          talk.messages(room).flatMap(({ messageParameters: { file } }) => {
            const stored = file === undefined ? undefined : talk.state.files.byId(Number(file.id));
            return stored === undefined ? [] : [stored.data];
          }),
      }),
    );
    return { url, password: talk.accounts.issueAppPassword('bridge') };
  },
  rooms: (count) =>
    Array.from({ length: count }, (_, at) =>
      talk.rooms.create({ name: `Team ${at}`, owner: 'bridge', members: ['anna', 'ben'] }),
    ),
  /** Installs a bot, and turns it on in these rooms, a few at a time: each is told at once. */
  async bot(bot, rooms) {
    talk.bots.install({ ...bot, features: ['webhook', 'response', 'reaction'] });
    for (const [at, room] of rooms.entries()) {
      talk.bots.turnOn(room, bot.name);
      if (at % 20 === 19) await sleep(20);
    }
  },
  /** How many requests came since it was asked last, and how many were held at one time at most. */
  asked() {
    const answer = { ...asked };
    Object.assign(asked, { requests: 0, mostHeld: talk.state.longPoll.waiting });
    return answer;
  },
  ...lazy('count', 'entries', 'load', 'burst', 'carry', 'digests', 'strike', 'heal'),
});

const calls = {};

/** Calls that are there once the server is started. */
function lazy(...names) {
  return Object.fromEntries(names.map((name) => [name, (...args) => calls[name](...args)]));
}
