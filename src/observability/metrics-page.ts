import { Metrics } from './metrics.js';

/** What the library makes of a metric, beside what its types tell. */
interface Described {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly labelNames?: readonly string[];
}

/** Every label that a metric of ours has, and what its values say. */
export const labelMeanings: Readonly<Record<string, string>> = {
  account: 'the key of the account in the settings: of the source where something is read, of the target elsewhere',
  kind: 'what happened: `messageSent`, `messageEdited`, `reactionAdded` …',
  mode:
    '`webhook`: a bot tells whenever something happens; `signaling`: the signaling server tells of new messages; ' +
    '`held`: by a request that the server holds until there is something new; `swept`: by a list of all rooms',
  outcome:
    'of a delivery `delivered`, `skipped`, `parked`, or why it waits (`networkUnavailable`, `rateLimited`, `roomClosed` …); ' +
    'of a look `found`, `notFound`; of a read `new`, `nothing`, `failed`',
  reason:
    '`accountClosed`, `laneFailing`, or why a room is closed (`gone`, `lobby`, `readOnly`, `noPermission`, `archived`, `notJoined`)',
  state:
    '`routed`, `ignored` (nothing to bridge), `held` (its target is not known yet), `malformed`, `unlinked` (of a room in no link)',
  worker: 'the loop that ended: `account`, `room`, `links`, `watch`, `catch-up`, `shards`, `wake-ups`, `poll`',
};

/** Every metric that the program exports, in the order of its making. `own`: those that are not of every Node process. */
export function exportedMetrics(): readonly (Described & { readonly own: boolean })[] {
  const all: readonly Described[] = new Metrics().registry.getMetricsAsArray();
  return all.map((metric) => ({ ...metric, ...labelsOf(metric), own: metric.name.startsWith('crosstalk_') }));
}

/** Pure: every metric with its type, labels and meaning, as a page of Markdown. */
export function metricsPage(): string {
  const metrics = exportedMetrics();
  const rows = (own: boolean): (readonly string[])[] =>
    metrics
      .filter((metric) => metric.own === own)
      .map(({ name, type, labelNames = [], help }) => [
        code(name),
        String(type),
        labelNames.map(code).join(', '),
        help.trim(),
      ]);
  return [
    '# Every metric',
    '',
    '<!-- Written by `npm run generate` from the code. -->',
    '',
    'Prometheus reads them at `/metrics` of the admin listener ([install](install.md#metrics) shows how);',
    '[the dashboard](../deploy/grafana/crosstalk.json) shows those that matter day by day. None has a room, a person or a',
    'message in its labels. Durations are in seconds. Each replica counts what it did itself; `crosstalk_deliveries_waiting`,',
    '`crosstalk_deliveries_parked` and `crosstalk_events_held` are counted in the database, by each replica: take their',
    'maximum, not their sum.',
    '',
    '## Of Crosstalk',
    '',
    ...table([['metric', 'type', 'labels', 'what it is'], ...rows(true)]),
    '',
    '## Labels',
    '',
    ...table([['label', 'what it says'], ...Object.entries(labelMeanings).map(([name, text]) => [code(name), text])]),
    '',
    '## Of every Node process',
    '',
    ...table([['metric', 'type', 'labels', 'what it is'], ...rows(false)]),
    '',
  ].join('\n');
}

function labelsOf({ labelNames }: Described): { labelNames?: readonly string[] } {
  return labelNames === undefined ? {} : { labelNames };
}

const code = (text: string): string => `\`${text}\``;

/** A table whose columns are aligned, as the formatter wants them; the first row is its head. */
function table(rows: readonly (readonly string[])[]): string[] {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.slice(1).map(line)];
}
