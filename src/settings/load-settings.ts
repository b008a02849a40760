import { dirname, resolve } from 'node:path';
import type { NetworkDefinition } from '../model/network-definition.js';
import { checkTree } from './check-tree.js';
import { applyEnvironment, type Environment } from './environment-source.js';
import type { ReadFile } from './file-reader.js';
import { readSecretFiles } from './secret-files.js';
import { fieldsFor, settingsFields, type Field } from './settings-fields.js';
import { faultOf, inOrder, SettingsFaults, type FaultPlace, type Finding } from './settings-faults.js';
import { deepFreeze, isTree, pathText, type Path, type Tree } from './settings-tree.js';
import type { Settings, SettingsSource } from './settings.types.js';
import { tidyTree } from './tidy-tree.js';
import { readYaml, type YamlSource } from './yaml-source.js';

export interface SettingsRequest {
  /** What `--config` named. */
  readonly config?: string;
  /** `process.env`, read here and nowhere else. */
  readonly env: Environment;
  readonly definitions: readonly NetworkDefinition[];
  readonly readFile: ReadFile;
  /** The working folder, which relative paths begin from. */
  readonly folder: string;
}

/** Where a settings file is looked for when none is named, best first; relative to the working folder. */
export const usualFiles = ['config/crosstalk.yaml', '/etc/crosstalk/crosstalk.yaml'] as const;

interface FoundFile {
  readonly path: string;
  readonly yaml: YamlSource;
  readonly readableBy: 'some' | 'everybody';
}

/**
 * Reads file, environment and secret files, checks them and freezes the result.
 * Throws SettingsFaults with everything that is wrong.
 */
export async function loadSettings(request: SettingsRequest): Promise<Settings> {
  const file = await findFile(request);
  const root = settingsFields(request.definitions);
  const tree: Tree = file?.yaml.tree ?? {};
  const inFile = structuredClone(tree);

  const environment = applyEnvironment(request.env, root, tree);
  const whereIs = (path: Path): FaultPlace | undefined => environment.whereIs(path) ?? file?.yaml.whereIs(path);
  const refuse = (found: readonly Finding[]): never => {
    throw new SettingsFaults(inOrder(found.map((finding) => faultOf(finding, whereIs))), file?.path);
  };
  // What a file that cannot be understood lacks is not missing: nothing more is said of it.
  if (file?.yaml.readable === false) return refuse(file.yaml.faults);

  const tidied = tidyTree(root, tree);
  const secrets = await readSecretFiles(root, tree, {
    readFile: request.readFile,
    folderFor: (path) =>
      file === undefined || environment.whereIs(path) !== undefined ? request.folder : dirname(file.path),
  });
  const blamed = new Set([...tidied.blamed, ...secrets.blamed].map(pathText));
  const checked = checkTree(tree, root, request.definitions);
  const found = [
    ...(file?.yaml.faults ?? []),
    ...environment.faults,
    ...tidied.faults,
    ...secrets.faults,
    ...checked.faults.filter(({ path }) => !blamed.has(pathText(path))),
  ];
  if (checked.settings === undefined || found.length > 0) return refuse(found);

  const source: SettingsSource =
    file !== undefined ? 'file' : environment.variables.length > 0 ? 'environment' : 'none';
  const warnings = [...secrets.warnings];
  if (file?.readableBy === 'everybody' && holdsSecret(root, inFile)) {
    warnings.push(`${file.path} holds secrets and can be read by every user of this machine: chmod 600 mends that.`);
  }
  const dataFolder = variable(request.env, 'CROSSTALK_DATA');
  const failpoint = variable(request.env, 'CROSSTALK_FAILPOINT');
  return deepFreeze({
    source,
    ...(file === undefined ? {} : { file: file.path }),
    ...(dataFolder === undefined ? {} : { dataFolder: resolve(request.folder, dataFolder) }),
    ...(failpoint === undefined ? {} : { failpoint }),
    warnings,
    ...checked.settings,
  });
}

/** An empty variable counts as not set. */
const variable = (env: Environment, name: string): string | undefined => (env[name] === '' ? undefined : env[name]);

async function findFile(request: SettingsRequest): Promise<FoundFile | undefined> {
  const named = request.config ?? variable(request.env, 'CROSSTALK_CONFIG');
  for (const candidate of named === undefined ? usualFiles : [named]) {
    const path = resolve(request.folder, candidate);
    const read = await request.readFile(path);
    if (read.text !== undefined) return { path, yaml: readYaml(read.text, path), readableBy: read.readableBy };
    if (named === undefined && read.missing) continue;
    const remedy = 'Name a settings file that exists and that this user may read.';
    const by = named === undefined || request.config !== undefined ? {} : { where: { variable: 'CROSSTALK_CONFIG' } };
    throw new SettingsFaults([{ path, problem: `cannot be used: ${read.reason}`, remedy, ...by }]);
  }
  return undefined;
}

/** Whether a secret itself, not the name of its file, is written in the tree. */
function holdsSecret(field: Field, value: unknown): boolean {
  if (field.secret) return value !== undefined && value !== null;
  if (Array.isArray(value)) return field.kind === 'list' && value.some((item) => holdsSecret(field.item, item));
  if (!isTree(value)) return false;
  if (field.kind === 'map') return Object.values(value).some((inner) => holdsSecret(field.entry, inner));
  if (field.kind !== 'section' && field.kind !== 'choice') return false;
  return [...fieldsFor(field, value)].some(([name, inner]) => holdsSecret(inner, value[name]));
}
