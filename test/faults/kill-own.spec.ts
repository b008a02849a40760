import { lendLogins } from '../e2e/own-logins.js';
import { describeKills } from './kills.js';

describeKills('kill, people speaking in Talk, and sending files, by logins of their own', {
  short: 14,
  accounts: ['cloud', 'hs'],
  ownLogins: true,
  says: 'words and files',
  before: lendLogins,
});
