import type { LinkStatus, PortalStatus, StatusReport } from '../persistence/status.repository.js';
import type { Command, ExitCode } from './command.js';
import { mirrorOf, problemOf, remedyFor, roomOf, stateOf } from './link-table.js';
import { counted, lengthOf, table, timeOf } from './table.js';
import { visit } from './visit.js';

export const statusCommand: Command = {
  name: 'status',
  usage: '[--json]',
  summary: 'Shows every account, link, room and lane with its state, and what is parked.',
  maxWords: 0,
  options: { json: { type: 'boolean', says: 'the whole as JSON, times in ISO 8601' } },
  notes:
    'A room is watched by webhooks of a bot, by a signaling server, by held polls, or by sweeps of the room list; or its\n' +
    'network pushes what happens. A lane is the line of what is to be delivered to a room; what cannot be delivered is\n' +
    'parked, with the id that `crosstalk retry` takes.',
  examples: ['status', 'status --json'],
  run: async (call) =>
    visit(call, async ({ status }, { delivery: { leaseMs } }): Promise<ExitCode> => {
      const report = await status.report();
      const at = { now: await status.now(), leaseMs };
      call.print(call.options['json'] === true ? JSON.stringify(report, undefined, 2) : renderStatus(report, at));
      return 0;
    }),
};

/** The time of the report by the database's clock, and how long a replica that renewed is taken for alive. */
interface ReportedAt {
  readonly now: Date;
  readonly leaseMs: number;
}

/** Pure: the report as a person reads it. */
export function renderStatus(report: StatusReport, at: ReportedAt): string {
  return [
    ...section('Replicas', replicaRows(report.replicas, at)),
    ...(report.replicas.length > 0 && isIdle(report.replicas, at) ? [nobodyAtWork, ''] : []),
    ...section(
      'Accounts',
      report.accounts.map(({ id, network, state, says, lent }) => [
        id,
        network,
        state,
        [says ?? '', ...(lent === 0 ? [] : [`${counted(lent, 'own login')} lent`])]
          .filter((it) => it !== '')
          .join('; '),
      ]),
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

const nobodyAtWork = 'Nobody is at work: nothing is read or delivered until a service runs.';

function replicaRows(replicas: StatusReport['replicas'], at: ReportedAt): string[][] {
  if (replicas.length === 0) return [['no service is running']];
  return replicas.map((replica) => [
    replica.id.slice(0, 8),
    replica.host,
    counted(replica.shards, 'shard'),
    `last seen ${lengthOf(silentMs(replica, at))} ago`,
  ]);
}

function isIdle(replicas: StatusReport['replicas'], at: ReportedAt): boolean {
  return replicas.every((replica) => silentMs(replica, at) > at.leaseMs);
}

function silentMs({ renewedAt }: StatusReport['replicas'][number], { now }: ReportedAt): number {
  return Math.max(0, now.getTime() - Date.parse(renewedAt));
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
