// Checks what may import what, and that nothing escaped the check.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, project } from './prepare.mjs';

export function checkBoundaries() {
  const [node, cruiser] = bin('dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [...cruiser, 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout, stderr, status } = spawnSync(node, args, { cwd: project, encoding: 'utf8', maxBuffer: 1 << 28 });
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    console.error(`boundaries: nothing could be checked (exit ${status}): ${stderr}`);
    process.exit(1);
  }
  const { violations } = report.summary;
  for (const { rule, from, to } of violations) console.error(`boundaries: ${rule.name}: ${from} → ${to}`);
  const cruised = new Set(report.modules.map(({ source }) => source));
  const missed = readdirSync(join(project, 'src'), { recursive: true })
    .map((file) => `src/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.ts') && !cruised.has(file));
  for (const file of missed) console.error(`boundaries: ${file} was not looked at`);
  console.log(
    `boundaries: ${cruised.size} modules looked at, ${violations.length} violations, ${missed.length} missed`,
  );
  if (violations.some(({ rule }) => rule.severity === 'error') || missed.length > 0) process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) checkBoundaries();
