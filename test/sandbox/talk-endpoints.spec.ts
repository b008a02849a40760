import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { testCalls } from './endpoints/calls.js';
import { testChats } from './endpoints/chats.js';
import { testRooms } from './endpoints/rooms.js';
import { testServers } from './endpoints/servers.js';
import { Town } from './endpoints/town.js';
import { ApiDescription, type OpenApi } from './recorded/api-description.js';
import type { Recorded } from './recorded/recorded.types.js';
import { readAsk } from './recorded/replay.js';

const descriptionFile = fileURLToPath(new URL('../../../shared/talk-recordings/talk-22-openapi.json', import.meta.url));
const recordedFolder = fileURLToPath(new URL('recorded/', import.meta.url));

/** Statuses that this server never answers, each with why. */
const unreachable: readonly string[] = [
  // The service that hosts signaling servers does not answer from here.
  'POST /hostedsignalingserver/requesttrial 200',
  'DELETE /hostedsignalingserver/delete 204',
  'DELETE /hostedsignalingserver/delete 500',
  // Recordings are stopped at once, and a note that is not there is dismissed all the same, as recorded.
  'DELETE /recording/{token} 400',
  'DELETE /recording/{token}/notification 400',
  // Gone from the API: always 400, as recorded.
  'PUT /room/{token}/attendees/permissions/all 200',
  // The last moderator may leave, as recorded, and whoever is not in the room finds none.
  'DELETE /room/{token}/participants/self 400',
  // Who may not change a draft is answered 400, as recorded.
  'POST /poll/{token}/draft/{pollId} 403',
  // No message is too old to be deleted.
  'DELETE /chat/{token}/{messageId} 400',
];

describe('every endpoint of the sandbox Talk server', () => {
  const town = new Town();

  beforeAll(() => town.start());
  beforeEach(() => town.makeRoom());
  afterAll(() => town.stop());

  testRooms(town);
  testChats(town);
  testCalls(town);
  testServers(town);

  if (!existsSync(descriptionFile)) {
    test('SKIPPED: the description of the API is not beside the project', () => {
      console.warn('SKIPPED: no ../shared/talk-recordings/talk-22-openapi.json, so no answer was checked against it');
      expect(existsSync(descriptionFile)).toBe(false);
    });
  } else {
    const description = new ApiDescription(JSON.parse(readFileSync(descriptionFile, 'utf8')) as OpenApi);

    test('nobody is answered 401 where a login is needed', async () => {
      const wrong: string[] = [];
      for (const { method, path, name } of description.samples(town.token)) {
        if (!description.answers.includes(`${name} 401`)) continue;
        if (
          /^GET \/room\/\{token\}$|pin|dial|signaling\/settings|recording\/\{token\}\/store|bot\/\{token\}\/(message|reaction)/.test(
            name,
          )
        )
          continue;
        const status = await town.asker.status(undefined, method, path);
        if (status !== 401) wrong.push(`${name} ${status}`);
      }
      expect(wrong).toEqual([]);
    });

    test('each of these answers is one that the description of the API allows', () => {
      const faults = town.seen.flatMap((answer) => description.faults(answer));
      expect([...new Set(faults)]).toEqual([]);
    });

    test('each described status is answered here or in a recording, but for those that cannot be', () => {
      const recorded = readdirSync(recordedFolder)
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => (JSON.parse(readFileSync(`${recordedFolder}/${name}`, 'utf8')) as Recorded).steps)
        .map((step) => {
          const { method, path } = readAsk(step);
          const plain = path.replace(/^~/, '/ocs/v2.php/apps/spreed/api').replaceAll(/‹[a-z]+ "?([^›"]*)"?›/g, '$1');
          return description.nameOf({ method, path: plain, status: step.status });
        });
      const reached = new Set([...recorded, ...town.seen.map((seen) => description.nameOf(seen))]);
      expect(description.answers.filter((answer) => !reached.has(answer))).toEqual(
        description.answers.filter((answer) => unreachable.includes(answer)),
      );
    });
  }
});
