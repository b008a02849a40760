import { describeKills } from './kills.js';

describeKills('kill', { short: 30, accounts: ['cloud', 'hs'] });
