import { describeKills } from './kills.js';

describeKills('kill, people being guests in Talk', { short: 14, accounts: ['cloud', 'hs'], talkRooms: 'public' });
