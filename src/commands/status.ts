import type { PortalStatus, StatusReport } from '../persistence/status.repository.js';
import type { Command, ExitCode } from './command.js';
import { visit } from './visit.js';

export const statusCommand: Command = {
  name: 'status',
  usage: '[--json]',
  summary: 'Shows every account, link, room and lane with its state, and what is parked.',
  options: { json: { type: 'boolean' } },
  run: async (call) =>
    visit(await call.settings(), async ({ status }): Promise<ExitCode> => {
      const report = await status.report();
      call.print(call.options['json'] === true ? JSON.stringify(report, undefined, 2) : renderStatus(report));
      return 0;
    }),
};

/** Pure: the report as a person reads it. */
export function renderStatus(report: StatusReport): string {
  return [
    ...section(
      'Replicas',
      report.replicas.map(({ id, host, shards }) => [id.slice(0, 8), host, `${String(shards)} shards`]),
    ),
    ...section(
      'Accounts',
      report.accounts.map(({ id, network, state, says }) => [id, network, state, says ?? '']),
    ),
    ...report.links.flatMap(({ key, state, owner, portals }) =>
      section(`Link ${key} (${state}, owned by the ${owner})`, portals.map(portalRow)),
    ),
    ...section(
      'Parked',
      report.parked.map(({ delivery, account, kind, reason }) => [delivery, account, kind, reason]),
    ),
    `${String(report.held)} events held, ${String(report.malformed)} payloads malformed`,
  ].join('\n');
}

function portalRow({ account, room, direction, problem, read, lane }: PortalStatus): string[] {
  const reading = read.state === 'closed' ? `closed: ${read.reason ?? ''}` : read.mode;
  const waiting = [
    ...(lane.waiting > 0 ? [`${String(lane.waiting)} waiting`] : []),
    ...(lane.parked > 0 ? [`${String(lane.parked)} parked`] : []),
    ...(lane.reason === null ? [] : [`held since ${lane.failingSince ?? '?'}: ${lane.reason}`]),
  ];
  return [
    account,
    room ?? 'no room yet',
    direction,
    room === null ? (problem ?? 'being looked for') : reading,
    waiting.length === 0 ? 'lane idle' : `lane: ${waiting.join(', ')}`,
  ];
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  return [title, ...lines, ''];
}
