import { patientSlack } from '../e2e/world.js';
import { type Server, strikingFiles, strikingWrites } from './strikes.js';
import { describeTroubles, type Trouble } from './town.js';

const acceptThenDrop = { do: 'acceptThenDrop' } as const;
const three: readonly Server[] = ['talk', 'matrix', 'slack'];

const withAKill = (struck: Trouble): Trouble => ({
  ...struck,
  end: async (scene) => {
    await scene.killAndRestart();
    await struck.end(scene);
  },
});

describeTroubles(
  'accept then drop',
  { full: 200 },
  {
    'writes accepted whose connection then drops': () => strikingWrites(acceptThenDrop),
    'writes accepted whose connection then drops, and a kill': () => withAKill(strikingWrites(acceptThenDrop)),
    'writes accepted whose answer is cut in the middle': () => strikingWrites({ do: 'truncate' }),
    'writes dropped without effect': () => strikingWrites({ do: 'drop' }),
  },
);

describeTroubles(
  'accept then drop, three networks',
  { full: 200, slack: 'linked', slackServer: patientSlack },
  {
    'writes accepted whose connection then drops': () => strikingWrites(acceptThenDrop, three),
    'writes accepted whose connection then drops, and a kill': () => withAKill(strikingWrites(acceptThenDrop, three)),
    'writes accepted whose answer is cut in the middle': () => strikingWrites({ do: 'truncate' }, three),
    'writes dropped without effect': () => strikingWrites({ do: 'drop' }, three),
  },
);

describeTroubles(
  'accept then drop, three networks, files',
  { full: 200, slack: 'linked', slackServer: patientSlack, says: 'words and files' },
  {
    'writes accepted whose connection then drops': () => strikingFiles(acceptThenDrop, three),
    'writes accepted whose connection then drops, and a kill': () => withAKill(strikingFiles(acceptThenDrop, three)),
    'writes accepted whose answer is cut in the middle': () => strikingFiles({ do: 'truncate' }, three),
    'writes dropped without effect': () => strikingFiles({ do: 'drop' }, three),
  },
);
