import type { SandboxAnswer, SandboxRequest } from '../../http-server.js';
import { Refusal } from '../refusal.js';
import type { TalkState } from '../state/talk-state.js';
import type { Handler } from './call.js';
import { addAvatarRoutes } from './avatars.api.js';
import { addBotRoutes } from './bots.api.js';
import { addChatRoutes } from './chat.api.js';
import { addCoreRoutes } from './core.api.js';
import { answerDav, davFront } from './dav.js';
import { addFileShareRoutes } from './file-shares.api.js';
import { Input } from './input.js';
import { readCookie, readLogin, withCookie } from './login.js';
import { envelope, missingOcsHeader, notLoggedIn, unknownEndpoint } from './ocs.js';
import { addParticipantRoutes } from './participants.api.js';
import { addPollRoutes } from './polls.api.js';
import { addReactionRoutes } from './reactions.api.js';
import { addRoomSettingRoutes } from './room-settings.api.js';
import { addRoomRoutes } from './rooms.api.js';
import { addSessionRoutes } from './sessions.api.js';
import { addSharedItemRoutes } from './shared-items.api.js';
import { addReminderRoutes } from './reminders.api.js';
import { Router } from './router.js';
import { addThreadRoutes } from './threads.api.js';
import { WebPages } from './web.api.js';

const ocsFront = '/ocs/v2.php';

/** Everything that the server answers over HTTP, apart from the sandbox's own controls. */
export class TalkApi {
  readonly #router = new Router<Handler>();
  readonly #web: WebPages;

  constructor(private readonly talk: TalkState) {
    this.#web = new WebPages(talk);
    addCoreRoutes(this.#router);
    addRoomRoutes(this.#router);
    addRoomSettingRoutes(this.#router);
    addAvatarRoutes(this.#router);
    addParticipantRoutes(this.#router);
    addChatRoutes(this.#router);
    addReactionRoutes(this.#router);
    addSessionRoutes(this.#router);
    addSharedItemRoutes(this.#router);
    addReminderRoutes(this.#router);
    addPollRoutes(this.#router);
    addBotRoutes(this.#router);
    addThreadRoutes(this.#router);
    addFileShareRoutes(this.#router);
  }

  /** @param base the server's own address without a slash at its end */
  async answer(request: SandboxRequest, base: string): Promise<SandboxAnswer> {
    if (request.path.startsWith(davFront)) return answerDav(this.talk, request);
    if (!request.path.startsWith(`${ocsFront}/`)) return this.#web.answer(request, base);
    try {
      return await this.#answerOcs(request, base);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401 && error.lack === 'login') return notLoggedIn('Current user is not logged in');
      return envelope({ status: error.status, data: error.data }, error.reason);
    }
  }

  async #answerOcs(request: SandboxRequest, base: string): Promise<SandboxAnswer> {
    const login = readLogin(this.talk.accounts, request.headers.authorization);
    if (login.kind === 'wrong') {
      return notLoggedIn('Unauthorised', { 'www-authenticate': 'Basic realm="Authorisation Required"' });
    }
    const match = this.#router.find(request.method, request.path.slice(ocsFront.length));
    if (match.kind === 'none') return unknownEndpoint();
    if (match.kind === 'elsewhere') return { status: 405 };
    if (request.headers['ocs-apirequest'] === undefined) return missingOcsHeader();
    const cookie = readCookie(request.headers.cookie) ?? { value: this.talk.browsers.newCookie(), isNew: true };
    const answer = await match.handler({
      talk: this.talk,
      names: this.talk.names(base),
      credential: login.kind === 'account' ? login.credential : undefined,
      cookie,
      header: (name) => headerText(request.headers[name]),
      input: new Input(request),
      parameters: match.parameters,
      beganSeconds: this.talk.nowSeconds(),
    });
    return envelope(cookie.isNew ? withCookie(answer, cookie) : answer);
  }
}

function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
