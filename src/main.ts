import { definitions } from './app.module.js';
import { armFailpoint } from './observability/failpoint.js';
import { startService } from './service.js';
import { readFileFromDisk } from './settings/file-reader.js';
import { loadSettings } from './settings/load-settings.js';

const settings = await loadSettings({
  env: process.env,
  definitions,
  readFile: readFileFromDisk,
  folder: process.cwd(),
});
if (settings.failpoint !== undefined) armFailpoint(settings.failpoint);
const service = await startService(settings);
const stop = (): void => {
  service.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exit(1);
    },
  );
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
