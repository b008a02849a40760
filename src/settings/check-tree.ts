import { z, type ZodType } from 'zod';
import { accountId, type AccountId, userId, type UserId } from '../model/ids.js';
import type { NetworkDefinition } from '../model/network-definition.js';
import { checkKeys, checkLinks, checkListen, checkPeople } from './cross-checks.js';
import { faultsOf, issueSentence } from './issue-sentences.js';
import { nearest } from './nearest.js';
import { checkSecretKey } from './secret-key.js';
import type { SectionField } from './settings-fields.js';
import type { Finding } from './settings-faults.js';
import { coreSections, linkSchema, personSchema, wholeSchema, type WrittenLinkedRoom } from './settings.schema.js';
import { isTree, type Path, type Tree } from './settings-tree.js';
import type { AccountSettings, LinkedRoomSettings, LinkSettings, PersonSettings, Settings } from './settings.types.js';

type CheckedSettings = Omit<Settings, 'source' | 'file' | 'dataFolder' | 'warnings'>;

export interface CheckedTree {
  readonly faults: readonly Finding[];
  /** Absent where something is wrong with what it is made of. */
  readonly settings?: CheckedSettings;
}

/** `whole`: what is around the value, where that is not as it was written. */
type Check = <T>(schema: ZodType<T>, value: unknown, path: Path, whole?: Tree) => T | undefined;

function linkedRoom({ account, room, create, direction, speaker }: WrittenLinkedRoom): LinkedRoomSettings {
  // The schema has seen to it that there is one of the two.
  const wanted = create === undefined ? { room: room ?? '' } : { create };
  return { account: accountId(account), wanted, direction, ...(speaker === 'auto' ? {} : { speaker }) };
}

/** Also where it is misspelt, so that everything else that is wrong with the account can be told. */
function meantNetwork(written: unknown, definitions: readonly NetworkDefinition[]): NetworkDefinition | undefined {
  if (typeof written !== 'string') return undefined;
  const names = definitions.map(({ network }) => network as string);
  const meant = names.includes(written) ? written : nearest(written, names);
  return definitions.find(({ network }) => network === meant);
}

function checkAccounts(
  entries: readonly (readonly [string, unknown])[],
  definitions: readonly NetworkDefinition[],
  check: Check,
): ReadonlyMap<AccountId, AccountSettings> {
  const head = wholeSchema(definitions).shape.accounts.unwrap().valueType;
  const accounts = new Map<AccountId, AccountSettings>();
  for (const [key, value] of entries) {
    const path = ['accounts', key];
    check(head, value, path);
    if (!isTree(value)) continue;
    const definition = meantNetwork(value['network'], definitions);
    if (definition === undefined) continue;
    const { network } = definition;
    const own = Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'network'));
    const settings = check(definition.settingsSchema, own, path, { accounts: { [key]: { ...own, network } } });
    accounts.set(accountId(key), { network, settings });
  }
  return accounts;
}

/** The database's address as it was written, right or wrong: it says that the database is one's own. */
function writtenUrl({ database }: Tree): { readonly url?: string } {
  const url = isTree(database) ? database['url'] : undefined;
  return typeof url === 'string' ? { url } : {};
}

/** Checks part by part, so that a fault in one part hides none in another. */
export function checkTree(tree: Tree, root: SectionField, definitions: readonly NetworkDefinition[]): CheckedTree {
  const faults: Finding[] = [];
  const check: Check = (schema, value, path, whole = tree) => {
    const result = schema.safeParse(value, { error: issueSentence });
    if (result.success) return result.data;
    faults.push(...faultsOf(result.error.issues, path, root, whole));
    return undefined;
  };
  const entriesOf = (section: 'accounts' | 'links'): readonly [string, unknown][] =>
    Object.entries(check(z.record(z.string(), z.unknown()), tree[section] ?? {}, [section]) ?? {});

  const accounts = checkAccounts(entriesOf('accounts'), definitions, check);
  const links: LinkSettings[] = [];
  for (const [id, value] of entriesOf('links')) {
    const link = check(linkSchema, value, ['links', id]);
    if (link !== undefined) links.push({ id, rooms: link.rooms.map(linkedRoom), mirror: link.mirror });
  }
  const idOf = (account: string, written: string): UserId => {
    const network = accounts.get(accountId(account))?.network;
    return definitions.find((it) => it.network === network)?.userIdOf?.(written) ?? userId(written);
  };
  const people: PersonSettings[] = [];
  for (const [index, value] of (check(z.array(z.unknown()), tree['people'] ?? [], ['people']) ?? []).entries()) {
    const person = Object.entries(check(personSchema, value, ['people', index]) ?? {});
    people.push(new Map(person.map(([account, written]) => [accountId(account), idOf(account, written)])));
  }
  const database = check(coreSections.database, tree['database'], ['database']);
  const secretKey = check(coreSections.secretKey.optional(), tree['secretKey'], ['secretKey']);
  const listen = check(coreSections.listen, tree['listen'], ['listen']);
  const log = check(coreSections.log, tree['log'], ['log']);
  const delivery = check(coreSections.delivery, tree['delivery'], ['delivery']);
  const files = check(coreSections.files, tree['files'], ['files']);
  const retention = check(coreSections.retention, tree['retention'], ['retention']);

  const isKeyKnown = secretKey !== undefined || tree['secretKey'] === undefined;
  if (isKeyKnown) faults.push(...checkSecretKey({ secretKey, database: writtenUrl(tree) }));
  faults.push(
    ...checkListen(tree),
    ...checkKeys(tree, 'accounts'),
    ...checkKeys(tree, 'links'),
    ...checkLinks(tree),
    ...checkPeople(tree, idOf),
  );
  if (!database || !listen || !log || !delivery || !files || !retention) return { faults };
  const secret = secretKey === undefined ? {} : { secretKey };
  return {
    faults,
    settings: { database, ...secret, listen, log, delivery, files, retention, accounts, links, people },
  };
}
