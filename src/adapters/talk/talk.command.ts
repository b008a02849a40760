import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { WordsRefused, type NetworkCall, type NetworkCommand } from '../../model/network-definition.js';
import type { Given } from './api/endpoint.js';
import type { Answered } from './api/endpoint-call.js';
import type { FormFile } from './api/form.js';
import { TalkClient } from './talk.client.js';
import { credentialsIn } from './talk.login.js';
import type { TalkSettings } from './talk.settings.js';
import { calledBy, explained } from './talk.words.js';

/** Any method of the client, from the command line. */
export const talkCommand: NetworkCommand<TalkSettings> = {
  name: 'talk',
  summary: 'Calls any endpoint of Talk as one of its accounts, and prints the answer as JSON.',
  words: {
    usage: '[GROUP [METHOD [NAME=VALUE…]]]',
    notes: [
      'Without METHOD it lists what there is. VALUE is a text, or JSON where something else is meant; several can be given',
      'at once as a JSON object: \'{"message": "Hello"}\'. A file is given by its path. What is printed has the answer\'s',
      'status, the headers that mean something, and the data. What the server refuses is told with its status and reason.',
      'An answer is printed whole, also where it is a secret, as those of server newAppPassword and signaling settings are.',
    ].join('\n'),
    examples: [
      'talk',
      'talk chat',
      'talk rooms list',
      "talk chat send token=a1b2c3d4 message='Hello, all'",
      'talk polls create token=a1b2c3d4 \'{"question": "Tea?", "options": ["yes", "no"], "resultMode": 0, "maxVotes": 1}\'',
    ],
    explain: explained,
  },
  run: async (_account, settings, call) => {
    const { endpoint, args } = calledBy(call.words);
    const given = await withFile(args, call);
    const client = new TalkClient(settings, call.clock, call.log);
    client.use(credentialsIn(settings));
    try {
      return JSON.stringify(shown(await client.call(endpoint, given, call.signal)), undefined, 2);
    } finally {
      await client.close();
    }
  },
};

const usualTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  csv: 'text/csv',
  txt: 'text/plain',
};

/** The arguments with the file itself in place of its path. */
async function withFile(args: Given, { folder }: Pick<NetworkCall, 'folder'>): Promise<Given> {
  const { file } = args;
  if (typeof file !== 'string') return args;
  const name = basename(file);
  const mime = usualTypes[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
  try {
    const read: FormFile = { name, mime, bytes: await readFile(resolve(folder, file)) };
    return { ...args, file: read };
  } catch (cause) {
    throw new WordsRefused(`${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}.`, {
      cause,
    });
  }
}

/** Pure: an answer as it is printed. What is no text is shown in base64. */
function shown({ status, headers, data }: Answered<unknown>): object {
  if (!Buffer.isBuffer(data)) return { status, headers, data };
  const isText = /^text\/|xml|json/.test(headers.contentType ?? '');
  return {
    status,
    headers,
    data: isText ? data.toString('utf8') : { bytes: data.length, base64: data.toString('base64') },
  };
}
