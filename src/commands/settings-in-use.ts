import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { reachable } from '../persistence/embedded/database-user.js';
import { chooseDataFolder } from '../settings/data-folder.js';
import { usualFiles } from '../settings/load-settings.js';
import type { Settings } from '../settings/settings.types.js';
import type { CommandCall } from './command.js';

/** Nothing says which service is meant. The message is a sentence for a person. */
export class NoSettings extends Error {
  constructor() {
    super(
      `There are no settings here: ${usualFiles.join(' and ')} are missing. ` +
        'Name the file by --config FILE or CROSSTALK_CONFIG, or go to the folder that the service was started in.',
    );
  }
}

/** The settings that the service runs with; where there are none of one's own, those of the sandbox. Throws SettingsFaults, NoSettings. */
export async function settingsInUse(call: CommandCall): Promise<Settings> {
  const own = await call.settings();
  if (own.source !== 'none') return own;
  const data = chooseDataFolder({ asked: own.dataFolder, project: call.folder, reachable });
  // Where somebody has set CROSSTALK_DATA to the sandbox's own folder, that is meant too.
  const dataFolder = [join(data, 'sandbox'), data].find((folder) => existsSync(join(folder, 'crosstalk.yaml')));
  if (dataFolder === undefined) throw new NoSettings();
  call.complain(`There are no settings of your own: this is the sandbox in ${dataFolder}.`);
  return call.settings({ config: join(dataFolder, 'crosstalk.yaml'), dataFolder });
}
