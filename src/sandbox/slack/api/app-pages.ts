import type { SandboxAnswer, SandboxRequest } from '../../http-server.js';
import type { App, Installation } from '../state/apps.js';
import { appOf, ManifestFault } from '../state/manifest.js';
import type { SlackState } from '../state/slack-state.js';
import { escaped, page, seeOther } from './html.js';

/** Whether an app's address for events gives the challenge back. */
export type Verify = (app: App) => Promise<boolean>;

/** The pages on which people make an app of a manifest, install it, and find its secrets; with the words of api.slack.com/apps. */
export class AppPages {
  /** What was pasted, by app. */
  readonly #manifests = new Map<App, string>();
  readonly #unverified = new Set<App>();

  constructor(
    private readonly slack: SlackState,
    private readonly verify: Verify,
  ) {}

  async answer({ method, path, body }: SandboxRequest): Promise<SandboxAnswer> {
    const [, , id, what, ...rest] = path.split('/');
    const form = new URLSearchParams(body.toString('utf8'));
    const isPost = method === 'POST';
    if (id === undefined || id === '') return isPost ? this.#create(form) : this.#list();
    const app = this.slack.apps.get(id);
    if (app === undefined || rest.length > 0) return page(404, 'Apps', '<h1>There is no such app</h1>');
    switch (`${isPost ? 'POST' : 'GET'} ${what ?? ''}`) {
      case 'GET ':
        return this.#show(app);
      case 'POST manifest':
        return this.#configure(app, form);
      case 'POST install':
        return this.#install(app, form.get('team') ?? '');
      case 'POST uninstall':
        return this.#uninstall(app, form.get('team') ?? '');
      default:
        return page(404, 'Apps', '<h1>There is nothing here</h1>');
    }
  }

  #list(fault = '', manifest = ''): SandboxAnswer {
    const known = this.slack.apps
      .all()
      .map(({ id, name }) => `<li><a href="/apps/${id}">${escaped(name)}</a> <small>${id}</small></li>`);
    return page(
      fault === '' ? 200 : 400,
      'Your Apps',
      `<h1>Your Apps</h1><ul>${known.join('')}</ul>
<h2>Create New App: From a manifest</h2>
<p>Paste what <code>crosstalk slack manifest ACCOUNT</code> prints.</p>${faultOf(fault)}
<form method="post" action="/apps"><textarea name="manifest" rows="16" required aria-label="Manifest">${escaped(manifest)}</textarea>
<button>Create</button></form>`,
    );
  }

  async #create(form: URLSearchParams): Promise<SandboxAnswer> {
    const manifest = form.get('manifest') ?? '';
    try {
      const app = this.slack.apps.register(appOf(manifest));
      await this.#keep(app, manifest);
      return seeOther(`/apps/${app.id}`);
    } catch (error) {
      if (error instanceof ManifestFault) return this.#list(error.message, manifest);
      throw error;
    }
  }

  async #configure(app: App, form: URLSearchParams): Promise<SandboxAnswer> {
    const manifest = form.get('manifest') ?? '';
    try {
      this.slack.apps.configure(app, appOf(manifest));
      await this.#keep(app, manifest);
      return seeOther(`/apps/${app.id}`);
    } catch (error) {
      if (error instanceof ManifestFault) return this.#show(app, error.message, manifest);
      throw error;
    }
  }

  /** The app's address is tried at once, as Slack does. */
  async #keep(app: App, manifest: string): Promise<void> {
    this.#manifests.set(app, manifest);
    this.#unverified.delete(app);
    if (app.delivery !== 'socketMode' && !(await this.verify(app))) this.#unverified.add(app);
  }

  #install(app: App, team: string): SandboxAnswer {
    if (this.slack.workspaces.get(team) === undefined) return page(400, 'Apps', '<h1>There is no such workspace</h1>');
    this.slack.tokens.issue(this.slack.install(app, team));
    return seeOther(`/apps/${app.id}`);
  }

  #uninstall(app: App, team: string): SandboxAnswer {
    const installation = this.slack.apps.installation(app.id, team);
    if (installation?.state === 'active') this.slack.uninstall(installation);
    return seeOther(`/apps/${app.id}`);
  }

  #show(app: App, fault = '', manifest = this.#manifests.get(app) ?? ''): SandboxAnswer {
    const secrets: readonly (readonly [string, string])[] = [
      ['App ID', app.id],
      ['Client ID', app.clientId],
      ['Client Secret', app.clientSecret],
      ['Signing Secret', app.signingSecret],
    ];
    const workspaces = this.slack.workspaces.all().map(({ id, name }) => this.#installing(app, id, name));
    return page(
      fault === '' ? 200 : 400,
      app.name,
      `<p><a href="/apps">Your Apps</a></p><h1>${escaped(app.name)}</h1>
<h2>Basic Information</h2><dl>${secrets.map(termOf).join('')}</dl>
<h3>App-Level Tokens</h3><dl>${termOf(['connections:write', app.appToken])}</dl>
<h2>Install App</h2>${workspaces.join('')}
<h2>Event Subscriptions</h2><p>${this.#delivery(app)}</p>
<h2>App Manifest</h2>${faultOf(fault)}
<form method="post" action="/apps/${app.id}/manifest"><textarea name="manifest" rows="16" required aria-label="Manifest">${escaped(manifest)}</textarea>
<button>Save Changes</button></form>`,
    );
  }

  #installing(app: App, team: string, name: string): string {
    const installation = this.slack.apps.installation(app.id, team);
    const isIn = installation?.state === 'active';
    const button = (what: string, words: string): string =>
      `<form method="post" action="/apps/${app.id}/${what}"><input type="hidden" name="team" value="${team}"><button>${words}</button></form>`;
    return [
      `<dl>${termOf(['Workspace', `${name} (${team})`])}`,
      isIn ? this.#token(installation) : '',
      '</dl>',
      app.tokenRotation
        ? '<p>Its tokens are renewed: it is installed at the address that the app has for that, <code>/slack/install</code>.</p>'
        : button('install', isIn ? `Reinstall to ${escaped(name)}` : `Install to ${escaped(name)}`),
      isIn ? button('uninstall', `Remove from ${escaped(name)}`) : '',
    ].join('');
  }

  /** One that is renewed is nobody's to copy. */
  #token(installation: Installation): string {
    return installation.app.tokenRotation
      ? '<dt>Bot User OAuth Token</dt><dd>renewed by the app</dd>'
      : termOf(['Bot User OAuth Token', this.slack.tokens.issue(installation).accessToken]);
  }

  #delivery(app: App): string {
    if (app.delivery === 'socketMode') return 'Socket Mode is on.';
    const url = `Request URL <code>${escaped(app.delivery.events)}</code>`;
    return this.#unverified.has(app)
      ? `${url}: <strong class="fault">it did not answer the challenge.</strong> Start the app, and save its manifest again.`
      : `${url}: verified.`;
  }
}

function termOf([term, value]: readonly [string, string]): string {
  return `<dt>${escaped(term)}</dt><dd><code>${escaped(value)}</code></dd>`;
}

function faultOf(fault: string): string {
  return fault === '' ? '' : `<p class="fault" role="alert">${escaped(fault)}</p>`;
}
