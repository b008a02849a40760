/** Pure: `4 s`, `12 min 5 s`, `2 h`, `3 days`: at most two units of what is not nothing. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return together(days === 1 ? '1 day' : `${String(days)} days`, hours % 24, 'h');
  if (hours > 0) return together(`${String(hours)} h`, minutes % 60, 'min');
  if (minutes > 0) return together(`${String(minutes)} min`, seconds % 60, 's');
  return `${String(seconds)} s`;
}

function together(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${String(rest)} ${unit}`;
}
