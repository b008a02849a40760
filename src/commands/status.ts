import type { LinkStatus, PortalStatus, StatusReport } from '../persistence/status.repository.js';
import type { Command, ExitCode } from './command.js';
import { mirrorOf, problemOf, remedyFor, roomOf, stateOf } from './link-table.js';
import { counted, table, timeOf } from './table.js';
import { visit } from './visit.js';

export const statusCommand: Command = {
  name: 'status',
  usage: '[--json]',
  summary: 'Shows every account, link, room and lane with its state, and what is parked.',
  maxWords: 0,
  options: { json: { type: 'boolean', says: 'the whole as JSON, times in ISO 8601' } },
  notes:
    'A room is read by a held poll, by a sweep of the room list, or pushed to us. A lane is the line of what is to be ' +
    'delivered\nto a room; what cannot be delivered is parked, with the id that `crosstalk retry` takes.',
  examples: ['status', 'status --json'],
  run: async (call) =>
    visit(call, async ({ status }): Promise<ExitCode> => {
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
      report.replicas.length === 0
        ? [['no service is running']]
        : report.replicas.map(({ id, host, shards }) => [id.slice(0, 8), host, counted(shards, 'shard')]),
    ),
    ...section(
      'Accounts',
      report.accounts.map(({ id, network, state, says }) => [id, network, state, says ?? '']),
    ),
    ...report.links.flatMap((link) => section(titleOf(link), linkRows(link))),
    ...section(
      'Parked',
      report.parked.map(({ delivery, account, room, kind, since, reason }) => [
        delivery,
        account,
        room,
        kind,
        timeOf(since),
        reason,
      ]),
    ),
    `${counted(report.held, 'event')} held, ${counted(report.malformed, 'payload')} malformed`,
  ].join('\n');
}

function titleOf(link: LinkStatus): string {
  const mirror = mirrorOf(link);
  const says = [stateOf(link), `owned by the ${link.owner}`, ...(mirror === '' ? [] : [`mirrors ${mirror}`])];
  return `Link ${link.key} (${says.join(', ')})`;
}

function linkRows(link: LinkStatus): string[][] {
  return link.portals.length === 0 ? [[remedyFor(link)]] : link.portals.map((portal) => portalRow(portal, link));
}

function portalRow(portal: PortalStatus, link: LinkStatus): string[] {
  const { account, direction, read, lane } = portal;
  const waiting = [
    ...(lane.waiting > 0 ? [`${String(lane.waiting)} waiting`] : []),
    ...(lane.parked > 0 ? [`${String(lane.parked)} parked`] : []),
    ...(lane.reason === null
      ? []
      : [`held up${lane.failingSince === null ? '' : ` since ${timeOf(lane.failingSince)}`}: ${lane.reason}`]),
  ];
  return [
    account,
    roomOf(portal),
    direction,
    problemOf(portal, link) ?? (link.state === 'active' ? read.mode : 'not read'),
    waiting.length === 0 ? 'lane idle' : `lane: ${waiting.join(', ')}`,
  ];
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [title, ...table(rows).map((line) => `  ${line}`), ''];
}
