// Writes what is made from the code: the commented sample of the settings and their JSON schema.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, project } from './prepare.mjs';

prepare();
const { definitions } = await import('../dist/app.module.js');
const { exampleSettings, settingsJsonSchema } = await import('../dist/settings/example.js');
writeFileSync(join(project, 'config', 'crosstalk.example.yaml'), exampleSettings(definitions));
writeFileSync(join(project, 'config', 'crosstalk.schema.json'), settingsJsonSchema(definitions));
