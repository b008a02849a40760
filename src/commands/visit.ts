import { buildHouse, type House } from '../app.module.js';
import { createLog } from '../observability/log.js';
import { leaveGround, prepareGround } from '../service.js';
import type { Settings } from '../settings/settings.types.js';
import type { CommandCall } from './command.js';
import { settingsInUse } from './settings-in-use.js';

/** Works on the service's database beside it: nothing is started that reads or delivers. Throws SettingsFaults, NoSettings. */
export async function visit<T>(call: CommandCall, work: (house: House, settings: Settings) => Promise<T>): Promise<T> {
  return visitWith(await settingsInUse(call), work);
}

/** The same, with settings that were read already. */
export async function visitWith<T>(
  settings: Settings,
  work: (house: House, settings: Settings) => Promise<T>,
): Promise<T> {
  const log = createLog('error');
  const ground = await prepareGround(settings, log, 'visit');
  try {
    const house = buildHouse({ settings, databaseUrl: ground.databaseUrl, masterKey: ground.masterKey, log });
    await house.database.open();
    try {
      await house.database.migrate();
      await house.installation.recognise();
      const done = await work(house, settings);
      await house.wakeups.flush();
      return done;
    } finally {
      await house.database.close();
    }
  } finally {
    await leaveGround(ground);
  }
}
