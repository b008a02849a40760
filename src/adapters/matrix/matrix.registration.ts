import { stringify } from 'yaml';
import type { AccountId } from '../../model/ids.js';
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
  };
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
