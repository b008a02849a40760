// `npm run mutants [-- NAME… --json --outputFile=FILE]`: each change of test/mutants/mutants.json, made in a copy of the tree,
// must turn the test red that is named to catch it; no other test runs. A change that this test does not catch, or that no longer
// applies, fails the command.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { prepare, project } from './prepare.mjs';

const args = process.argv.slice(2);
const outputFile = args.find((arg) => arg.startsWith('--outputFile='))?.slice('--outputFile='.length);
const names = args.filter((arg) => !arg.startsWith('--'));
const all = JSON.parse(readFileSync(join(project, 'test', 'mutants', 'mutants.json'), 'utf8'));
const unknown = names.filter((name) => !all.some((mutant) => mutant.name === name));
if (unknown.length > 0) {
  console.error(`No such mutant: ${unknown.join(', ')}. There are:\n${all.map(({ name }) => `  ${name}`).join('\n')}`);
  process.exit(1);
}
const mutants = all.filter(({ name }) => names.length === 0 || names.includes(name));

/** Whatever tests need, and nothing that another program writes at the moment. */
const copied = ['src', 'test', 'migrations', 'config', 'dist', 'package.json', 'jest.config.mjs'];

function copyTree() {
  const tree = mkdtempSync(join(tmpdir(), 'crosstalk-mutants-'));
  for (const name of copied) cpSync(join(project, name), join(tree, name), { recursive: true });
  for (const name of ['tsconfig.json', 'tsconfig.build.json']) cpSync(join(project, name), join(tree, name));
  symlinkSync(join(project, 'node_modules'), join(tree, 'node_modules'), 'dir');
  return tree;
}

const { config } = ts.readConfigFile(join(project, 'tsconfig.json'), ts.sys.readFile);
const { options: compilerOptions } = ts.convertCompilerOptionsFromJson(config.compilerOptions, project);

/** Makes the changes, in the program as built too. Returns what takes them back. */
function apply(tree, { changes }) {
  const before = new Map();
  const write = (path, text) => {
    if (!before.has(path)) before.set(path, readFileSync(join(tree, path), 'utf8'));
    writeFileSync(join(tree, path), text);
  };
  const takeBack = () => {
    for (const [path, text] of before) writeFileSync(join(tree, path), text);
  };
  try {
    for (const { file, replace, by } of changes) {
      const source = readFileSync(join(tree, file), 'utf8');
      const places = source.split(replace).length - 1;
      if (places !== 1) throw new Error(`${file} has ${places} places that read: ${replace}`);
      const changed = source.replace(replace, () => by);
      write(file, changed);
      if (!file.endsWith('.ts')) continue;
      const { outputText } = ts.transpileModule(changed, { fileName: file, compilerOptions });
      write(file.replace(/^src/, 'dist').replace(/\.ts$/, '.js'), outputText);
    }
  } catch (error) {
    takeBack();
    throw error;
  }
  return takeBack;
}

/** What jest says of the tests that are named to catch these mutants. */
async function jest(tree, mutants) {
  const report = join(tree, 'report.json');
  rmSync(report, { force: true });
  const bin = join(tree, 'node_modules', 'jest', 'bin', 'jest.js');
  // A mutant may leave something at work that would keep the process for ever.
  const flags = ['--experimental-vm-modules', '--no-warnings', bin, '--json', `--outputFile=${report}`, '--forceExit'];
  const tests = mutants.map(({ test }) => test.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  const specs = new Set(mutants.flatMap(({ specs }) => specs));
  const args = [...flags, `--testNamePattern=^(${tests})$`, '--runTestsByPath', ...specs];
  const child = spawn(process.execPath, args, { cwd: tree, stdio: 'ignore' });
  await new Promise((done) => child.on('exit', done));
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const those = (wanted) =>
    testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === wanted).map(({ fullName }) => fullName),
    );
  const crashed = testResults.flatMap(({ assertionResults, message }) =>
    assertionResults.length > 0 ? [] : [message],
  );
  return { failed: those('failed'), passed: those('passed'), crashed };
}

/** Undefined where the mutant was caught as it should be, else what is wrong. */
async function judge(tree, mutant) {
  const takeBack = apply(tree, mutant);
  try {
    const { failed, crashed } = await jest(tree, [mutant]);
    // A spec that cannot even be read tells nothing of the rule.
    if (crashed.length > 0) return `its specs did not run: ${crashed[0].slice(0, 500)}`;
    if (failed.length === 0) return `“${mutant.test}” stays green`;
    console.log(`caught   ${mutant.name}\n         by “${mutant.test}”`);
    return undefined;
  } finally {
    takeBack();
  }
}

prepare();
const postgres = await import('../test/support/postgres.mjs');
const trees = Array.from({ length: Math.max(2, Math.floor(availableParallelism() / 2)) }, copyTree);
let survived = 0;
try {
  await postgres.start();
  const sound = await jest(trees[0], mutants);
  if (sound.failed.length > 0 || sound.crashed.length > 0) {
    const [first] = [...sound.failed, ...sound.crashed];
    throw new Error(`the specs are red without any change: ${first}`);
  }
  const missing = mutants.filter(({ test }) => !sound.passed.includes(test));
  if (missing.length > 0) {
    throw new Error(`no such test passes without any change: ${missing.map(({ test }) => `“${test}”`).join(', ')}`);
  }
  const left = [...mutants];
  const work = async (tree) => {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const trouble = await judge(tree, mutant).catch((error) => String(error));
      if (trouble === undefined) continue;
      survived += 1;
      console.error(`SURVIVED ${mutant.name}\n         ${trouble}`);
    }
  };
  await Promise.all(trees.map(work));
} catch (error) {
  console.error(String(error));
  survived = mutants.length;
} finally {
  await postgres.stop();
  for (const tree of trees) rmSync(tree, { recursive: true, force: true });
}
console.log(`${mutants.length - survived} of ${mutants.length} mutants were caught`);
if (outputFile !== undefined) {
  const report = {
    numPassedTests: mutants.length - survived,
    numFailedTests: survived,
    numFailedTestSuites: survived > 0 ? 1 : 0,
  };
  writeFileSync(outputFile, JSON.stringify(report));
}
process.exit(survived > 0 ? 1 : 0);
