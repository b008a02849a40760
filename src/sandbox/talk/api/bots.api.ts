import { Refusal } from '../refusal.js';
import type { BotFeature } from '../settings.js';
import type { InstalledBot } from '../state/bots.js';
import type { Message } from '../state/message.js';
import type { Room } from '../state/room.js';
import { inRoom, roomOf, talkApi, type Call, type OcsRouter, type RoomCall } from './call.js';
import { created, ok, type Answer } from './ocs.js';

const botApi = `${talkApi}/v1/bot/{token}`;

export function addBotRoutes(router: OcsRouter): void {
  router.add('GET', botApi, inRoom(['login', 'accountModerator'], list));
  router.add('POST', `${botApi}/{botId:[0-9]+}`, inRoom(['login', 'accountModerator'], turnOn));
  router.add('DELETE', `${botApi}/{botId:[0-9]+}`, inRoom(['login', 'accountModerator'], turnOff));
  router.add('POST', `${botApi}/message`, say);
  router.add('POST', `${botApi}/reaction/{messageId:[0-9]+}`, react);
  router.add('DELETE', `${botApi}/reaction/{messageId:[0-9]+}`, unreact);
}

function list(call: RoomCall): Answer {
  return ok(call.talk.bots.all().map((bot) => viewBot(bot, call.room)));
}

function turnOn(call: RoomCall): Answer {
  const bot = botOf(call);
  const isNew = call.talk.turnBotOn(call.room, bot);
  return { status: isNew ? 201 : 200, data: viewBot(bot, call.room) };
}

function turnOff(call: RoomCall): Answer {
  const bot = botOf(call);
  call.talk.turnBotOff(call.room, bot);
  return ok(viewBot(bot, call.room));
}

function botOf(call: RoomCall): InstalledBot {
  const bot = call.talk.bots.get(Number(call.parameters['botId']));
  if (bot === undefined) throw new Refusal(400, { error: 'bot' });
  return bot;
}

function viewBot(bot: InstalledBot, room: Room): Record<string, unknown> {
  return { id: bot.id, name: bot.name, description: bot.description ?? '', state: room.bots.has(bot.id) ? 1 : 0 };
}

/** Answers no id; errors carry no name. */
function say(call: Call): Answer {
  const text = call.input.text('message');
  const { room, bot } = signedBy(call, 'response', text);
  withoutData(() =>
    call.talk.chat.post(room, bot.actor, text, {
      referenceId: call.input.text('referenceId').slice(0, 64),
      replyTo: call.input.number('replyTo'),
      silent: call.input.flag('silent'),
      reservedSeconds: call.beganSeconds,
    }),
  );
  return created(null);
}

function react(call: Call): Answer {
  const emoji = call.input.text('reaction');
  const { room, bot } = signedBy(call, 'response', emoji);
  const isNew = call.talk.chat.react(room, messageOf(call, room), bot.actor, emoji);
  return { status: isNew ? 201 : 200, data: null };
}

function unreact(call: Call): Answer {
  const emoji = call.input.text('reaction');
  const { room, bot } = signedBy(call, 'response', emoji);
  call.talk.chat.unreact(room, messageOf(call, room), bot.actor, emoji);
  return ok(null);
}

/** Throws a Refusal 401 where no bot of the room signed it. */
function signedBy(call: Call, feature: BotFeature, text: string): { readonly room: Room; readonly bot: InstalledBot } {
  const room = roomOf(call);
  const random = call.header('x-nextcloud-talk-bot-random');
  const signature = call.header('x-nextcloud-talk-bot-signature');
  const bot = room === undefined ? undefined : call.talk.bots.signer(room, feature, random, text, signature);
  if (room === undefined || bot === undefined) throw new Refusal(401, null, '', 'signature');
  return { room, bot };
}

function messageOf(call: Call, room: Room): Message {
  const message = room.log.get(Number(call.parameters['messageId']));
  if (message === undefined) throw new Refusal(404, null);
  return message;
}

function withoutData(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(error.status, null) : error;
  }
}
