import type { ChatPage } from './api/chat.js';
import { comparePositions, type Position } from './talk.cursor.js';
import type { OrderedRow } from './talk.payloads.js';

export function positionOf(row: OrderedRow): Position {
  return { id: row.id, seconds: row.timestamp };
}

export function inOrder(rows: readonly OrderedRow[]): readonly OrderedRow[] {
  return [...rows].sort((a, b) => comparePositions(positionOf(a), positionOf(b)));
}

/** Whether rows, oldest first, begin at or before a place: then none is missing between it and them. */
export function reaches(rows: readonly OrderedRow[], target: Position): boolean {
  const oldest = rows[0];
  return oldest === undefined || comparePositions(positionOf(oldest), target) <= 0;
}

/**
 * Where a forward read ended. The server may have looked at rows that it does not show; the header then is further than the
 * last row. Without the header the last row is the end: the rows before it have no gap.
 */
export function endOf(page: ChatPage, from: Position): Position {
  const lastRow = page.rows.at(-1);
  const end = lastRow === undefined ? from : positionOf(lastRow);
  if (page.lastGiven === undefined || page.lastGiven === end.id) return end;
  const given = page.rows.find((row) => row.id === page.lastGiven);
  return given === undefined ? { id: page.lastGiven, seconds: end.seconds } : positionOf(given);
}
