import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyEndpoint } from './endpoint.js';
import { endpointGroups } from './talk-api.js';

/** An exchange that a test holds the client against. */
export interface ProvenExchange {
  /** `chat.send` */
  readonly method: string;
  /** `03-chat: a reply`, or `description`. */
  readonly from: string;
  readonly response: { readonly status: number };
}

/** A source file that may use endpoints, by its path below the adapter, without its comments. */
export interface UsingSource {
  readonly path: string;
  readonly text: string;
}

/** The page, from the project's sources and the exchanges of its tests. */
export function talkApiPageOf(project: string): string {
  const adapter = join(project, 'src', 'adapters', 'talk');
  const exchanges = join(project, 'test', 'fixtures', 'talk-api');
  return talkApiPage(
    filesIn(adapter, /(?<!\.endpoints|\.spec)\.ts$/).map((path) => ({
      path,
      text: withoutComments(readFileSync(join(adapter, path), 'utf8')),
    })),
    filesIn(exchanges, /\.json$/).flatMap(
      (path) => JSON.parse(readFileSync(join(exchanges, path), 'utf8')) as ProvenExchange[],
    ),
  );
}

function filesIn(folder: string, named: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => named.test(path))
    .sort();
}

/** Pure: every endpoint with its method, who uses it and what proves it, as a page of Markdown. */
export function talkApiPage(sources: readonly UsingSource[], exchanges: readonly ProvenExchange[]): string {
  return [
    '# Every endpoint of Talk',
    '',
    '<!-- Written by `npm run generate` from the code. -->',
    '',
    'Each endpoint is a method of the client, and can be called as any account of the settings: `crosstalk talk GROUP METHOD` does it,',
    '`crosstalk talk GROUP` tells what the methods take. **Answers** are the statuses that are documented; those from 400 on are errors of',
    'their own. **Needs** is the capability without which the server is not asked. **Used by** names the files of `src/adapters/talk` that',
    'use it in the service, also through another part of the client; empty: it is there for those who call it. **Recorded** says in which recordings of a real server it was asked,',
    'with the statuses that the tests take from them; empty: none has it, and the tests go by the description of Talk.',
    '',
    ...Object.entries(endpointGroups).flatMap(([group, methods]) => [
      `## ${group}`,
      '',
      ...table([
        ['method', 'endpoint', 'answers', 'needs', 'used by', 'recorded'],
        ...Object.entries(methods).map(([method, endpoint]) => [
          code(method),
          code(`${endpoint.method} ${shortPath(endpoint)}`),
          endpoint.statuses.join(', '),
          endpoint.needs === undefined ? '' : code(endpoint.needs),
          usersOf(group, method, sources).map(code).join(', '),
          recordedIn(endpoint.name, exchanges),
        ]),
      ]),
      '',
    ]),
  ].join('\n');
}

const talkBase = '/ocs/v2.php/apps/spreed/api/';

/** Talk's own below its base: `v4/room/{token}`. */
function shortPath({ path, version }: AnyEndpoint): string {
  return version === undefined ? path : path.slice(talkBase.length);
}

/** Whoever names an endpoint (`chatEndpoints.send`) or calls its method (`api.chat.send`) uses it, and whoever calls what does. */
function usersOf(group: string, method: string, sources: readonly UsingSource[]): string[] {
  const name = new RegExp(`\\b(?:${group.replace(/s$/, '')}Endpoints|api\\.${group})\\.${method}\\b`);
  const users = sources.flatMap((source) => {
    if (!name.test(source.text)) return [];
    const property = /^api\/(\w+)\.ts$/.exec(source.path)?.[1];
    return property === undefined || !source.text.includes('export class ')
      ? [source.path]
      : callersOf(property, membersUsing(name, source.text), sources);
  });
  return [...new Set(users)].sort();
}

/** The public members of a class in which something is named, or which call one of its private members that names it. */
function membersUsing(name: RegExp, text: string): string[] {
  const withoutConstructor = text.replace(/^ {2}constructor\(.*\{\}$/m, '');
  const members = [...withoutConstructor.matchAll(/^ {2}(?:async )?(#?\w+)\([\s\S]*?^ {2}\}$/gm)].map(
    ([body, member = '']) => ({ member, body }),
  );
  const using = new Set(members.filter(({ body }) => name.test(body)).map(({ member }) => member));
  let before: number;
  do {
    before = using.size;
    for (const { member, body } of members)
      if ([...using].some((used) => body.includes(`this.${used}(`))) using.add(member);
  } while (using.size > before);
  return [...using].filter((member) => !member.startsWith('#'));
}

/** Whoever calls a member of the client's property: `client.chat.post(`. */
function callersOf(property: string, members: readonly string[], sources: readonly UsingSource[]): string[] {
  const call = new RegExp(`\\.${property}\\s*\\.(?:${members.join('|')})\\(`);
  return members.length === 0 ? [] : sources.filter(({ text }) => call.test(text)).map(({ path }) => path);
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** `03: 201, 404; 05: 201` */
function recordedIn(endpoint: string, exchanges: readonly ProvenExchange[]): string {
  const seen = new Map<string, Set<number>>();
  for (const { method, from, response } of exchanges) {
    const recording = /^\d+/.exec(from)?.[0];
    if (method !== endpoint || recording === undefined) continue;
    seen.set(recording, (seen.get(recording) ?? new Set()).add(response.status));
  }
  return [...seen]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([recording, statuses]) => `${recording}: ${[...statuses].sort((a, b) => a - b).join(', ')}`)
    .join('; ');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A table whose columns are aligned, as the formatter wants them; the first row is its head. */
function table(rows: readonly (readonly string[])[]): string[] {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.slice(1).map(line)];
}
