import { describeKills } from './kills.js';

describeKills('kill', { short: 60, accounts: ['cloud', 'hs'] });
