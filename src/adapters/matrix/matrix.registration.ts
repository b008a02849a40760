import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { AccountId } from '../../model/ids.js';
import { WordsRefused } from '../../model/network-definition.js';
import { arrangeRegistration, type RegistrationFile } from './matrix.client.js';
import type { MatrixSettings } from './matrix.settings.js';

/** Identifies the application service on its homeserver: two accounts may be on the same one. */
export function registrationId(account: AccountId): string {
  return `crosstalk-${account}`;
}

export function registrationOf(account: AccountId, settings: MatrixSettings): RegistrationFile {
  const ghosts = `${escaped(settings.ghostPrefix)}.*:${escaped(settings.serverName)}`;
  return {
    id: registrationId(account),
    url: settings.url,
    asToken: settings.asToken,
    hsToken: settings.hsToken,
    senderLocalpart: settings.bot,
    // Homeservers anchor an expression at its start only.
    users: [`@${escaped(settings.bot)}:${escaped(settings.serverName)}$`, `@${ghosts}$`],
    aliases: [`#${ghosts}$`],
    names: 'ours',
  };
}

/** The second one: it tells us nothing, reserves no names, and lets us act as the homeserver's own people. */
export function puppetRegistrationOf(account: AccountId, settings: MatrixSettings, asToken: string): RegistrationFile {
  return {
    id: `${registrationId(account)}-puppets`,
    asToken,
    // The file must have one. Nobody ever shows it: nothing is told to us.
    hsToken: createHash('sha256').update(`nothing is told to ${asToken}`).digest('base64url'),
    senderLocalpart: `${settings.bot}-puppets`,
    users: [`@.*:${escaped(settings.serverName)}$`],
    aliases: [],
    names: 'shared',
  };
}

/** The second file, as text. Throws WordsRefused where the settings have no token for it. */
export async function puppetRegistrationYaml(account: AccountId, settings: MatrixSettings): Promise<string> {
  const { doublePuppetToken } = settings;
  if (doublePuppetToken === undefined) {
    throw new WordsRefused(
      `The settings of ${account} have no \`doublePuppetToken\`: make a long random text (openssl rand -hex 32), give it there, and ask again.`,
    );
  }
  const file = await arrangeRegistration(puppetRegistrationOf(account, settings, doublePuppetToken));
  return [
    "# Crosstalk's second registration: by it Crosstalk may act as anybody of the homeserver. It marks as read what people have read in Talk who",
    '# lend a login there, and does nothing else. Save it beside the first one, name it there too, and restart the homeserver. It holds a secret.',
    stringify(file),
  ].join('\n');
}

/** The registration file, as text. */
export async function registrationYaml(account: AccountId, settings: MatrixSettings): Promise<string> {
  const file = await arrangeRegistration(registrationOf(account, settings));
  return [
    "# Crosstalk's registration. Save it where the homeserver can read it, name it there (Synapse:",
    '# app_service_config_files in homeserver.yaml) and restart the homeserver. It holds secrets.',
    stringify(file),
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
