import { patientSlack } from '../e2e/world.js';
import { describeKills } from './kills.js';

// Seven points in each of three accounts: files go in all six directions.
describeKills('kill, three networks, files', {
  short: 30,
  accounts: ['cloud', 'hs', 'town'],
  slack: 'linked',
  slackServer: patientSlack,
  says: 'words and files',
});
