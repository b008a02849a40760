import type { SandboxAnswer, SandboxRequest } from '../../http-server.js';
import { Refusal } from '../refusal.js';
import type { TalkState } from '../state/talk-state.js';
import type { Call, Handler } from './call.js';
import { addAdminRoutes } from './admin.api.js';
import { addAvatarRoutes } from './avatars.api.js';
import { addBanRoutes } from './bans.api.js';
import { addBotRoutes } from './bots.api.js';
import { addBreakoutRoomRoutes } from './breakout-rooms.api.js';
import { addCalendarRoutes } from './calendar.api.js';
import { addCallRoutes } from './calls.api.js';
import { addChatRoutes } from './chat.api.js';
import { addCoreRoutes } from './core.api.js';
import { answerDav, davFront } from './dav.js';
import { answerUploads, uploadsFront } from './dav-uploads.js';
import { addEmailImportRoutes } from './email-import.api.js';
import { FederationProxy } from './federation-proxy.js';
import { addFederationRoutes } from './federation.api.js';
import { addFileShareRoutes } from './file-shares.api.js';
import { addFilesIntegrationRoutes } from './files-integration.api.js';
import { Input } from './input.js';
import { readCookie, readFederatedLogin, readLogin, withCookie } from './login.js';
import { addMatterbridgeRoutes } from './matterbridge.api.js';
import { addNewRoomRoutes } from './new-room.api.js';
import { envelope, missingOcsHeader, notLoggedIn, unknownEndpoint, type Answer } from './ocs.js';
import { answerOcm, ocmFront } from './ocm.js';
import { addParticipantRoutes } from './participants.api.js';
import { addPhoneRoutes } from './phones.api.js';
import { addPinRoutes } from './pins.api.js';
import { addPollRoutes } from './polls.api.js';
import { addReactionRoutes } from './reactions.api.js';
import { addRecordingRoutes } from './recording.api.js';
import { addRoomSettingRoutes } from './room-settings.api.js';
import { addRoomRoutes } from './rooms.api.js';
import { addScheduleRoutes } from './schedule.api.js';
import { addSessionRoutes } from './sessions.api.js';
import { addSharedItemRoutes } from './shared-items.api.js';
import { addSignalingRoutes } from './signaling.api.js';
import { addReminderRoutes } from './reminders.api.js';
import { Router } from './router.js';
import { addThreadRoutes } from './threads.api.js';
import { addTranscriptionRoutes } from './transcription.api.js';
import { addUserAvatarRoutes } from './user-avatar.api.js';
import { addUserSettingRoutes } from './user-settings.api.js';
import { WebPages } from './web.api.js';

const ocsFront = '/ocs/v2.php';

/** Everything that the server answers over HTTP, apart from the sandbox's own controls. */
export class TalkApi {
  readonly #router = new Router<Handler>();
  readonly #web: WebPages;
  readonly #proxy = new FederationProxy();

  constructor(private readonly talk: TalkState) {
    this.#web = new WebPages(talk);
    addCoreRoutes(this.#router);
    addRoomRoutes(this.#router);
    addNewRoomRoutes(this.#router);
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
    addBanRoutes(this.#router);
    addBreakoutRoomRoutes(this.#router);
    addCallRoutes(this.#router);
    addSignalingRoutes(this.#router);
    addRecordingRoutes(this.#router);
    addFederationRoutes(this.#router);
    addCalendarRoutes(this.#router);
    addEmailImportRoutes(this.#router);
    addFilesIntegrationRoutes(this.#router);
    addUserSettingRoutes(this.#router);
    addUserAvatarRoutes(this.#router);
    addPhoneRoutes(this.#router);
    addMatterbridgeRoutes(this.#router);
    addTranscriptionRoutes(this.#router);
    addAdminRoutes(this.#router);
    if (talk.version >= 23) {
      addPinRoutes(this.#router);
      addScheduleRoutes(this.#router);
    }
  }

  /** @param base the server's own address without a slash at its end */
  async answer(request: SandboxRequest, base: string): Promise<SandboxAnswer> {
    if (request.path.startsWith(davFront)) return answerDav(this.talk, request);
    if (request.path.startsWith(uploadsFront)) return answerUploads(this.talk, request);
    if (request.path.startsWith(ocmFront)) return this.talk.federation.withTelling(() => answerOcm(this.talk, request));
    if (!request.path.startsWith(`${ocsFront}/`)) return this.#web.answer(request, base);
    const answer = await this.#answerOcs(request, base);
    // Other servers know of what was done before whoever did it goes on.
    await this.talk.federation.settled();
    return answer;
  }

  async #answerOcs(request: SandboxRequest, base: string): Promise<SandboxAnswer> {
    const { authorization } = request.headers;
    const isFederated = request.headers['x-nextcloud-federation'] !== undefined && authorization !== undefined;
    const login = isFederated ? readFederatedLogin(authorization) : readLogin(this.talk.accounts, authorization);
    if (login.kind === 'wrong') {
      return notLoggedIn('Unauthorised', { 'www-authenticate': 'Basic realm="Authorisation Required"' });
    }
    const match = this.#router.find(request.method, request.path.slice(ocsFront.length));
    if (match.kind === 'none') return unknownEndpoint();
    if (match.kind === 'elsewhere') return { status: 405 };
    if (request.headers['ocs-apirequest'] === undefined) return missingOcsHeader();
    const cookie = readCookie(request.headers.cookie) ?? { value: this.talk.browsers.newCookie(), isNew: true };
    const withSession = (answer: Answer): Answer => (cookie.isNew ? withCookie(answer, cookie) : answer);
    try {
      const call: Call = {
        talk: this.talk,
        names: this.talk.names(base),
        credential: login.kind === 'account' ? login.credential : undefined,
        federated: login.kind === 'federated' ? login.person : undefined,
        cookie,
        header: (name) => headerText(request.headers[name]),
        input: new Input(request),
        parameters: match.parameters,
        beganSeconds: this.talk.nowSeconds(),
      };
      return envelope(withSession((await this.#proxy.answer(call, request)) ?? (await match.handler(call))));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401 && error.lack === 'login') return notLoggedIn('Current user is not logged in');
      return envelope(withSession({ status: error.status, data: error.data }), error.reason);
    }
  }
}

function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
