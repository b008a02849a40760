import type { Activity } from './api.types.js';
import { duration, minuteOf, number } from './format.js';
import { texts } from './texts-in-use.js';

const states = ['delivered', 'skipped', 'waiting', 'parked'] as const;
const height = 120;
const width = 30;

/** A bar for each minute, of what has become of its deliveries. */
export function Throughput({ activity: { minutes, deliveryMs } }: { activity: Activity }) {
  const sums = minutes.map((minute) => states.reduce((sum, state) => sum + minute[state], 0));
  const most = Math.max(...sums, 0);
  const last = sums.at(-2) ?? 0;
  const scale = height / niceAbove(most);
  const says = most === 0 ? texts.nothingLately : texts.throughputIs(number(last), number(most));
  return (
    <section class="card" aria-labelledby="throughput">
      <h2 id="throughput">{texts.throughput}</h2>
      <p class="quiet small">{texts.throughputOf}</p>
      <svg class="chart" role="img" aria-label={says} viewBox={`0 0 ${minutes.length * width} ${height + 18}`}>
        {[0, 0.5, 1].map((part) => (
          <line key={part} class="grid" x1="0" x2={minutes.length * width} y1={height * part} y2={height * part} />
        ))}
        {most > 0 && (
          <text class="scale" x="2" y="11">
            {number(niceAbove(most))}
          </text>
        )}
        {minutes.map((minute, at) => {
          let below = 0;
          return (
            <g key={minute.minute}>
              <title>{`${minuteOf(minute.minute)}: ${number(sums[at] ?? 0)}`}</title>
              <rect class="ground" x={at * width} y="0" width={width} height={height} />
              {states.map((state) => {
                const tall = minute[state] * scale;
                below += tall;
                return tall === 0 ? null : (
                  <rect
                    key={state}
                    class={state}
                    x={at * width + 4}
                    y={height - below}
                    width={width - 8}
                    height={tall}
                    rx="2"
                  />
                );
              })}
              {(minutes.length - 1 - at) % 5 === 0 && (
                <text x={at * width + width / 2} y={height + 14} text-anchor="middle">
                  {minuteOf(minute.minute)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <ul class="legend">
        {states.map((state) => (
          <li key={state} class={state}>
            {texts.states[state]}
          </li>
        ))}
      </ul>
      <p class="small">
        {says}
        {deliveryMs.half !== null && deliveryMs.most !== null && (
          <span class="quiet"> · {texts.took(duration(deliveryMs.half), duration(deliveryMs.most))}</span>
        )}
      </p>
    </section>
  );
}

/** The least of 2, 5, 10, 20, 50 … that is not below. */
function niceAbove(value: number): number {
  if (value <= 2) return 2;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}
