import { strikingWrites } from './strikes.js';
import { describeTroubles } from './town.js';

const acceptThenDrop = { do: 'acceptThenDrop' } as const;

describeTroubles(
  'accept then drop',
  { full: 200 },
  {
    'writes accepted whose connection then drops': () => strikingWrites(acceptThenDrop),
    'writes accepted whose connection then drops, and a kill': () => {
      const struck = strikingWrites(acceptThenDrop);
      return {
        ...struck,
        end: async (scene) => {
          await scene.killAndRestart();
          await struck.end(scene);
        },
      };
    },
    'writes accepted whose answer is cut in the middle': () => strikingWrites({ do: 'truncate' }),
    'writes dropped without effect': () => strikingWrites({ do: 'drop' }),
  },
);
