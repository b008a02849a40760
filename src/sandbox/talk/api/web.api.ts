import type { SandboxAnswer, SandboxRequest } from '../../http-server.js';
import type { TalkState } from '../state/talk-state.js';
import { avatarPicture } from '../view/avatar-picture.js';
import { hasPreview } from '../view/file-view.js';
import { Input } from './input.js';
import { readLogin } from './login.js';
import { Router } from './router.js';

interface WebCall {
  readonly talk: TalkState;
  readonly request: SandboxRequest;
  readonly parameters: Readonly<Record<string, string>>;
  readonly base: string;
}

type WebHandler = (call: WebCall) => SandboxAnswer;

const largestAvatar = 512;
const smallAvatar = 64;

/** The server's pages beside OCS: Login Flow v2, avatars, status. */
export class WebPages {
  readonly #router = new Router<WebHandler>();

  constructor(private readonly talk: TalkState) {
    for (const front of ['', '/index.php']) {
      this.#router.add('POST', `${front}/login/v2`, startLogin);
      this.#router.add('POST', `${front}/login/v2/poll`, pollLogin);
      this.#router.add('GET', `${front}/login/v2/flow/{flow}`, showLogin);
      this.#router.add('POST', `${front}/login/v2/flow/{flow}`, grantLogin);
      this.#router.add('GET', `${front}/avatar/{user}/{size:[0-9]+}`, showAvatar);
      this.#router.add('GET', `${front}/avatar/{user}/{size:[0-9]+}/dark`, showAvatar);
    }
    this.#router.add('GET', '/index.php/core/preview', showPreview);
    this.#router.add('GET', '/status.php', () => ({
      status: 200,
      body: {
        installed: true,
        maintenance: false,
        needsDbUpgrade: false,
        versionstring: '32.0.1',
        edition: '',
        productname: 'Nextcloud',
      },
    }));
  }

  answer(request: SandboxRequest, base: string): SandboxAnswer {
    const match = this.#router.find(request.method, request.path);
    if (match.kind === 'found') return match.handler({ talk: this.talk, request, parameters: match.parameters, base });
    return { status: match.kind === 'elsewhere' ? 405 : 404, headers: { 'content-type': 'text/html' }, body: '' };
  }
}

function startLogin({ talk, base }: WebCall): SandboxAnswer {
  const flow = talk.logins.start();
  const front = `${base}/index.php/login/v2`;
  const body = { poll: { token: flow.pollToken, endpoint: `${front}/poll` }, login: `${front}/flow/${flow.flowToken}` };
  return { status: 200, body };
}

function pollLogin({ talk, request, base }: WebCall): SandboxAnswer {
  const granted = talk.logins.collect(new Input(request).text('token'));
  if (granted === undefined) return { status: 404, body: [] };
  return { status: 200, body: { server: base, loginName: granted.loginName, appPassword: granted.appPassword } };
}

const loginForm = `<!doctype html><title>Connect to your account</title><h1>Connect to your account</h1>
<form method="post"><label>Name <input name="user"></label> <label>Password <input name="password" type="password"></label>
<button>Grant access</button></form>`;

function showLogin({ talk, parameters }: WebCall): SandboxAnswer {
  if (!talk.logins.isOpen(parameters['flow'] ?? '')) return page(403, '<!doctype html><title>Access forbidden</title>');
  return page(200, loginForm);
}

function grantLogin({ talk, request, parameters }: WebCall): SandboxAnswer {
  const input = new Input(request);
  const credential = talk.accounts.check(input.text('user'), input.text('password'));
  const isGranted = credential !== undefined && talk.logins.grant(parameters['flow'] ?? '', credential.user.id);
  return isGranted ? page(200, '<!doctype html><title>Account connected</title>') : page(403, loginForm);
}

function page(status: number, html: string): SandboxAnswer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: html };
}

/** Known to nobody: 404. Sizes are 64 and 512 only. */
function showAvatar({ talk, parameters }: WebCall): SandboxAnswer {
  const user = talk.accounts.get(parameters['user'] ?? '');
  if (user === undefined) return { status: 404, body: [] };
  const size = Number(parameters['size']) > smallAvatar ? largestAvatar : smallAvatar;
  const headers = {
    'content-type': 'image/png',
    'x-nc-iscustomavatar': '0',
    'cache-control': 'private, max-age=86400',
  };
  const own = user.picture === undefined ? {} : { 'x-nc-iscustomavatar': '1' };
  return { status: 200, headers: { ...headers, ...own }, body: user.picture ?? avatarPicture(user.id, size) };
}

/** A picture that stands for the file's; 404 for what has none. */
function showPreview({ talk, request }: WebCall): SandboxAnswer {
  const file = talk.files.byId(Number(request.query.get('fileId')));
  const login = readLogin(talk.accounts, request.headers.authorization);
  if (login.kind !== 'account') return { status: 401, body: { message: 'Current user is not logged in' } };
  if (file === undefined || !hasPreview(file)) return { status: 404, body: [] };
  const size = Math.min(largestAvatar, Math.max(1, Number(request.query.get('x') ?? smallAvatar)));
  return { status: 200, headers: { 'content-type': 'image/png' }, body: avatarPicture(file.etag, size) };
}
