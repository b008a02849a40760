import { installBot, watched } from '../e2e/bot.js';
import type { World } from '../e2e/world.js';
import { striking } from './strikes.js';
import { describeTroubles, type Scene, type Trouble } from './town.js';

const told = new WeakSet<World>();

/** A trouble in rooms of which a bot tells. */
const withBot = (trouble: Trouble): Trouble => ({
  ...trouble,
  begin: async (scene) => {
    if (!told.has(scene.world)) await installBot(scene.world);
    told.add(scene.world);
    await watched(scene.replica(), 'webhook', scene.world.rooms.length);
    await trouble.begin(scene);
  },
});

/** The server calls nobody, and does not try again. */
function lost(): Trouble {
  let before = 0;
  return withBot({
    begin: ({ world: { talk } }) => {
      before = talk.webhooks.lost;
      talk.webhooks.loseNext(Infinity);
    },
    isFelt: ({ world: { talk } }) => talk.webhooks.lost > before + 5,
    end: ({ world: { talk } }) => {
      talk.webhooks.loseNext(0);
    },
  });
}

/** An administrator takes the bot away, and installs another one later. */
function takenAway(): Trouble {
  const isTold = ({ world }: Scene): boolean =>
    world.rooms.some((room) => (world.talk.state.rooms.get(room.talk)?.bots.size ?? 0) > 0);
  return withBot({
    begin: ({ world }) => {
      world.talk.bots.uninstall('Crosstalk');
    },
    isFelt: (scene) => !isTold(scene),
    end: async ({ world }) => {
      await installBot(world);
    },
  });
}

describeTroubles(
  'Talk with a bot',
  { full: 50, talk: { maxHeldPolls: 0, idleSweepIntervalMs: 400, pushPatienceMs: 500 } },
  {
    'webhooks that are lost': lost,
    'a bot that is taken away': takenAway,
    'a third of all reads answered 503': () =>
      withBot(
        striking({
          on: 'talk',
          calls: [{ method: 'GET', path: '/chat/' }],
          share: 0.3,
          fault: { do: 'answer', status: 503 },
        }),
      ),
    'a replica that is killed': () => {
      let isKilled = false;
      return withBot({
        begin: async (scene) => {
          await scene.killAndRestart();
          isKilled = true;
        },
        isFelt: () => isKilled,
        end: () => undefined,
      });
    },
  },
);
