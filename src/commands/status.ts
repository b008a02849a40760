import type { LinkStatus, PortalStatus, StatusReport } from '../persistence/status.repository.js';
import type { Command, ExitCode } from './command.js';
import { problemOf, roomOf, stateOf } from './link-table.js';
import { table } from './table.js';
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
    ...report.links.flatMap((link) =>
      section(
        `Link ${link.key} (${stateOf(link)}, owned by the ${link.owner})`,
        link.portals.map((portal) => portalRow(portal, link)),
      ),
    ),
    ...section(
      'Parked',
      report.parked.map(({ delivery, account, kind, reason }) => [delivery, account, kind, reason]),
    ),
    `${String(report.held)} events held, ${String(report.malformed)} payloads malformed`,
  ].join('\n');
}

function portalRow(portal: PortalStatus, link: LinkStatus): string[] {
  const { account, direction, read, lane } = portal;
  const waiting = [
    ...(lane.waiting > 0 ? [`${String(lane.waiting)} waiting`] : []),
    ...(lane.parked > 0 ? [`${String(lane.parked)} parked`] : []),
    ...(lane.reason === null ? [] : [`held since ${lane.failingSince ?? '?'}: ${lane.reason}`]),
  ];
  return [
    account,
    roomOf(portal),
    direction,
    problemOf(portal, link) ?? read.mode,
    waiting.length === 0 ? 'lane idle' : `lane: ${waiting.join(', ')}`,
  ];
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [title, ...table(rows).map((line) => `  ${line}`), ''];
}
