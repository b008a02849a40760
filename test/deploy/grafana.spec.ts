import { readFileSync } from 'node:fs';
import { exportedMetrics } from '../../src/observability/metrics-page.js';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query?: string | { readonly query: string } }[];
  };
}

const dashboard = JSON.parse(readFileSync('deploy/grafana/crosstalk.json', 'utf8')) as Dashboard;
const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const variables = dashboard.templating.list.flatMap(({ query }) =>
  query === undefined ? [] : [typeof query === 'string' ? query : query.query],
);
const exported = exportedMetrics();

/** What the dashboard leaves to those who look for it. */
const notShown = [
  // What a Node process tells beyond its memory, its processor and how fast it comes to what it has to do.
  'process_cpu_user_seconds_total',
  'process_cpu_system_seconds_total',
  'process_start_time_seconds',
  'process_virtual_memory_bytes',
  'process_heap_bytes',
  'process_open_fds',
  'process_max_fds',
  'nodejs_eventloop_lag_seconds',
  'nodejs_eventloop_lag_min_seconds',
  'nodejs_eventloop_lag_max_seconds',
  'nodejs_eventloop_lag_mean_seconds',
  'nodejs_eventloop_lag_stddev_seconds',
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p90_seconds',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_heap_size_total_bytes',
  'nodejs_external_memory_bytes',
  'nodejs_heap_space_size_total_bytes',
  'nodejs_heap_space_size_used_bytes',
  'nodejs_heap_space_size_available_bytes',
  'nodejs_version_info',
  'nodejs_gc_duration_seconds',
];

/** The series that Prometheus makes of each metric, and the labels that each has. */
const series = new Map(
  exported.flatMap(({ name, type, labelNames = [] }) =>
    type === 'histogram'
      ? ([
          [`${name}_bucket`, { name, labels: [...labelNames, 'le'] }],
          [`${name}_sum`, { name, labels: labelNames }],
          [`${name}_count`, { name, labels: labelNames }],
        ] as const)
      : ([[name, { name, labels: labelNames }]] as const),
  ),
);

const named = (expression: string): string[] => expression.match(/\b(crosstalk|process|nodejs)_[a-z0-9_]+/g) ?? [];
const shown = new Set(expressions.flatMap(named).map((name) => series.get(name)?.name));

describe('the dashboard for Grafana', () => {
  it('shows only what the program exports', () => {
    const unknown = [...expressions, ...variables].flatMap(named).filter((name) => !series.has(name));
    expect(unknown).toEqual([]);
    expect(expressions.flatMap(named).length).toBeGreaterThan(15);
  });

  it('shows every metric, but those that are named here', () => {
    const missing = exported.map(({ name }) => name).filter((name) => !shown.has(name) && !notShown.includes(name));
    expect(missing).toEqual([]);
    expect(notShown.filter((name) => shown.has(name))).toEqual([]);
  });

  it('asks only for labels that its metrics have', () => {
    // `job` and `instance` are Prometheus' own.
    const faults = expressions.flatMap((expression) => {
      const known = new Set([
        'job',
        'instance',
        ...named(expression).flatMap((name) => series.get(name)?.labels ?? []),
      ]);
      const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
      const matched = [...expression.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label);
      return [...grouped, ...matched].filter((label) => !known.has(label)).map((label) => `${label} in ${expression}`);
    });
    expect(faults).toEqual([]);
  });

  it('reads counters as rates or increases, and histograms by their buckets', () => {
    for (const expression of expressions) {
      for (const [name] of expression.matchAll(/crosstalk_[a-z_]+_(total|bucket)\b/g)) {
        expect(expression).toMatch(new RegExp(String.raw`(rate|increase)\(${name}\{[^}]*\}\[`));
      }
    }
  });

  it('has panels that do not lie on one another, each of its own number, on the source that is chosen', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { gridPos, title, type, datasource } of panels) {
      expect({ title, fits: gridPos.x + gridPos.w <= 24 }).toEqual({ title, fits: true });
      if (type !== 'row') expect({ title, uid: datasource?.uid }).toEqual({ title, uid: '${datasource}' });
    }
    const overlapping = panels.flatMap((one, index) =>
      panels
        .slice(index + 1)
        .filter(
          ({ gridPos: other }) =>
            one.gridPos.x < other.x + other.w &&
            other.x < one.gridPos.x + one.gridPos.w &&
            one.gridPos.y < other.y + other.h &&
            other.y < one.gridPos.y + one.gridPos.h,
        )
        .map((other) => `${one.title} and ${other.title}`),
    );
    expect(overlapping).toEqual([]);
  });
});
