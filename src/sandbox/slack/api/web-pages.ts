import { rangeAnswer } from '../../byte-range.js';
import type { SandboxAnswer, SandboxRequest } from '../../http-server.js';
import { storedBytes } from '../../stored-bytes.js';
import { SlackError } from '../slack-error.js';
import { avatarPicture } from '../../talk/view/avatar-picture.js';
import type { StoredFile } from '../state/files.js';
import type { SlackState } from '../state/slack-state.js';
import { emojiPicture, pictureOf } from '../view/picture.js';
import { escaped, page } from './html.js';
import { multipartOf } from './input.js';

const login = '<h1>Sign in to your workspace</h1><p>Apps are made on <a href="/apps">their own page</a>.</p>';

/** What the server has beside the API: uploads, files, pictures, and the page that asks people whether an app may come. */
export class WebPages {
  constructor(private readonly slack: SlackState) {}

  answer(request: SandboxRequest): SandboxAnswer {
    const [, front = '', ...rest] = request.path.split('/');
    switch (front) {
      case 'upload':
        return this.#upload(request, rest.at(-1) ?? '');
      case 'files-pri':
        return this.#file(request, rest[0] ?? '', ({ bytes, mimetype }) =>
          rangeAnswer(bytes, request.headers.range, { 'content-type': mimetype }),
        );
      case 'files-tmb':
        return this.#file(request, rest[0] ?? '', ({ id }) => drawn(avatarPicture(id, Number(rest[1]))));
      case 'avatars':
        return drawn(pictureOf(rest[0] ?? ''));
      case 'emoji':
        return this.#emoji(rest[0] ?? '', decodeURIComponent(rest[1] ?? ''));
      case 'oauth':
        return request.method === 'POST' ? this.#grant(request) : this.#ask(request);
      default:
        return page(front === '' ? 200 : 404, 'Slack', login);
    }
  }

  #upload(request: SandboxRequest, key: string): SandboxAnswer {
    const [part] = multipartOf(request);
    const bytes = part === undefined ? request.content : storedBytes(part.bytes);
    const isExpected = this.slack.files.receive(key, bytes);
    return isExpected ? said(200, `OK - ${bytes.length}`) : said(404, 'Not found');
  }

  /** Without a token that may read it one is sent to a page, which is answered with 200 as any is. */
  #file(request: SandboxRequest, named: string, shown: (file: StoredFile) => SandboxAnswer): SandboxAnswer {
    const file = this.slack.files.get(named.slice(named.lastIndexOf('-') + 1));
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!this.#mayRead(token)) {
      return { status: 302, headers: { location: `${this.slack.base}/?redir=${encodeURIComponent(request.path)}` } };
    }
    if (file === undefined || file.isDeleted) return said(404, 'File not found');
    return shown(file);
  }

  /** Anybody may see it who knows its address. */
  #emoji(team: string, file: string): SandboxAnswer {
    const name = file.replace(/\.png$/, '');
    const isThere = this.slack.workspaces.get(team)?.emoji.has(name) === true;
    if (!isThere) return said(404, 'Not found');
    return { status: 200, headers: { 'content-type': 'image/png' }, body: emojiPicture(name) };
  }

  #mayRead(token: string): boolean {
    try {
      return this.slack.tokens.check(token).scopes.includes('files:read');
    } catch (error) {
      if (error instanceof SlackError) return false;
      throw error;
    }
  }

  #ask({ query }: SandboxRequest): SandboxAnswer {
    const app = this.slack.apps.byClientId(query.get('client_id') ?? '');
    if (app === undefined) return page(200, 'Error', '<p>Invalid client_id parameter</p>');
    const redirect = query.get('redirect_uri');
    if (redirect !== null && !app.redirectUrls.some((allowed) => redirect.startsWith(allowed))) {
      return page(200, 'Error', '<p>redirect_uri did not match any configured URIs</p>');
    }
    const hidden = ['client_id', 'scope', 'state', 'redirect_uri']
      .map((name) => `<input type="hidden" name="${name}" value="${escaped(query.get(name) ?? '')}">`)
      .join('');
    const teams = this.slack.workspaces
      .all()
      .map(({ id, name }) => `<option value="${id}">${escaped(name)}</option>`)
      .join('');
    return page(
      200,
      app.name,
      `<h1>${escaped(app.name)} asks to come to a workspace</h1>
<form method="post" action="/oauth/v2/authorize">${hidden}<select name="team">${teams}</select>
<button name="decision" value="allow">Allow</button> <button name="decision" value="cancel">Cancel</button></form>`,
    );
  }

  /** Sends the browser back to the app, with a code or with `access_denied`. */
  #grant(request: SandboxRequest): SandboxAnswer {
    const form = new URLSearchParams(request.body.toString('utf8'));
    const text = (name: string): string => form.get(name) ?? '';
    const location = this.authorize({
      clientId: text('client_id'),
      scopes: text('scope')
        .split(/[ ,]+/)
        .filter((scope) => scope !== ''),
      state: text('state'),
      redirectUri: text('redirect_uri'),
      team: text('team'),
      decision: text('decision') === 'allow' ? 'allow' : 'cancel',
    });
    return location === undefined ? said(400, 'Bad request') : { status: 302, headers: { location } };
  }

  /** What a person decides on that page; the answer is where the browser goes then. */
  authorize(decided: {
    readonly clientId: string;
    readonly scopes: readonly string[];
    readonly state: string;
    readonly redirectUri: string;
    readonly team: string;
    readonly decision: 'allow' | 'cancel';
  }): string | undefined {
    const app = this.slack.apps.byClientId(decided.clientId);
    const target = decided.redirectUri === '' ? app?.redirectUrls[0] : decided.redirectUri;
    if (app === undefined || target === undefined || this.slack.workspaces.get(decided.team) === undefined) {
      return undefined;
    }
    const url = new URL(target);
    if (decided.decision === 'cancel') url.searchParams.set('error', 'access_denied');
    else {
      const [owner] = this.slack.workspaces.usersOf(decided.team).filter(({ bot }) => bot === undefined);
      const code = this.slack.oauth.grant({
        app,
        team: decided.team,
        user: owner?.id ?? 'USLACKBOT',
        scopes: decided.scopes.length === 0 ? app.scopes : decided.scopes,
        redirectUri: decided.redirectUri === '' ? undefined : decided.redirectUri,
      });
      url.searchParams.set('code', code);
    }
    url.searchParams.set('state', decided.state);
    return url.href;
  }
}

function drawn(body: Buffer): SandboxAnswer {
  return { status: 200, headers: { 'content-type': 'image/png' }, body };
}

function said(status: number, text: string): SandboxAnswer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: text };
}
