// `node slack-process.mjs FOLDER EVENTS_URL SEED`: emulate's Slack, from the package in FOLDER, as a process of its own. Says its address.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, eventsUrl, seed] = process.argv.slice(2);
const dist = join(folder, 'dist');

// The package has no setting for where events are sent, and no call to say it (`lacks.spec.ts` has it by name): its own
// dispatcher is told so, as whoever embeds its server can.
const source = readdirSync(dist).find(
  (file) => file.endsWith('.js') && readFileSync(join(dist, file), 'utf8').includes('var slackPlugin ='),
);
const { slackPlugin } = await import(pathToFileURL(join(dist, source)).href);
const register = slackPlugin.register.bind(slackPlugin);
slackPlugin.register = (app, store, webhooks, base, ...rest) => {
  // The addresses of files are to be where everything else is: a token is shown to no other place.
  register(app, store, webhooks, base.replace('localhost', '127.0.0.1'), ...rest);
  webhooks.register({ url: eventsUrl, events: ['*'], active: true, owner: 'slack' });
};

const { createEmulator } = await import(pathToFileURL(join(dist, 'api.js')).href);
const { url } = await createEmulator({ service: 'slack', port: 0, hostname: '127.0.0.1', seed: JSON.parse(seed) });
console.log(`${url.replace('localhost', '127.0.0.1')}\n`);
