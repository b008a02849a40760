import type { TalkAtSandbox } from './talk-at-sandbox.js';

/** A user of the server has their attachments in another folder from now on, as they choose it in Talk. */
export async function chooseFolder(
  at: Pick<TalkAtSandbox, 'talk' | 'url'>,
  user: string,
  folder: string,
): Promise<void> {
  const names = folder.split('/');
  for (let depth = 2; depth <= names.length; depth += 1) {
    at.talk.state.files.makeFolder(user, names.slice(0, depth).join('/'));
  }
  const login = Buffer.from(`${user}:${at.talk.accounts.issueAppPassword(user)}`).toString('base64');
  const { status } = await fetch(`${at.url}/ocs/v2.php/apps/spreed/api/v1/settings/user`, {
    method: 'POST',
    headers: { authorization: `Basic ${login}`, 'ocs-apirequest': 'true', 'content-type': 'application/json' },
    body: JSON.stringify({ key: 'attachment_folder', value: folder }),
  });
  if (status !== 200) throw new Error(`the folder was not taken: ${String(status)}`);
}
