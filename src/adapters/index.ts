import type { NetworkDefinition } from '../model/network-definition.js';
import { matrixDefinition } from './matrix/matrix.definition.js';
import { slackDefinition } from './slack/slack.definition.js';
import { talkDefinition } from './talk/talk.definition.js';

/** Every network that Crosstalk speaks. A new one is its folder and a line here. */
export const networks = [talkDefinition, matrixDefinition, slackDefinition] as unknown as readonly NetworkDefinition[];
