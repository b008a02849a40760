// Writes what is made from the code: the commented sample of the settings, their JSON schema, the pages of settings, metrics, Talk's endpoints, what networks have not and what the corpus shows, and the OpenAPI document.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusPage } from './corpus-page.mjs';
import { degradingPage } from './degrading-page.mjs';
import { prepare, project } from './prepare.mjs';

prepare();
const { definitions } = await import('../dist/app.module.js');
const { exampleSettings, settingsJsonSchema } = await import('../dist/settings/example.js');
const { openApiText } = await import('../dist/admin/openapi.js');
const { settingsPage } = await import('../dist/settings/settings-page.js');
const { talkApiPageOf } = await import('../dist/adapters/talk/api/talk-api-page.js');
const { metricsPage } = await import('../dist/observability/metrics-page.js');
writeFileSync(join(project, 'config', 'crosstalk.example.yaml'), exampleSettings(definitions));
writeFileSync(join(project, 'config', 'crosstalk.schema.json'), settingsJsonSchema(definitions));
writeFileSync(join(project, 'docs', 'settings.md'), settingsPage(definitions));
writeFileSync(join(project, 'docs', 'metrics.md'), metricsPage());
writeFileSync(join(project, 'docs', 'talk-api.md'), talkApiPageOf(project));
writeFileSync(join(project, 'docs', 'degrading.md'), degradingPage());
writeFileSync(join(project, 'test', 'corpus', 'README.md'), corpusPage());
writeFileSync(join(project, 'docs', 'openapi.json'), openApiText());
