import { CopyCount } from './copy-count.js';
import { otherSides, sideNames, type PageCount, type SideName } from './page.types.js';
import { plainText } from './shown-text.js';
import type { SideMessage } from './side.js';

/** As the service names the networks behind the names of their people. */
const networks: ReadonlyMap<string, SideName> = new Map([
  ['Talk', 'talk'],
  ['Matrix', 'matrix'],
  ['Slack', 'slack'],
]);
/** `Mia (Matrix)`: in an author's name, or in front of what a relay says. */
const named = /\([^()\n]*\b(Talk|Matrix|Slack)\b[^()\n]*\)/;
const longestName = 200;

/** Counts the copies that each side has of each other one. */
export class CopyCounts {
  readonly #pairs = sideNames.flatMap((from) => otherSides(from).map((to) => ({ from, to, count: new CopyCount() })));
  /** Where what came to a side is from, by its id there: of what is deleted no name is left. */
  readonly #sources: Readonly<Record<SideName, Map<string, SideName>>> = {
    talk: new Map(),
    matrix: new Map(),
    slack: new Map(),
  };

  /** Takes a message that was written on a side, or one in its new form. */
  original(from: SideName, message: SideMessage): void {
    for (const pair of this.#pairs) if (pair.from === from) pair.count.original(message);
  }

  /** Takes a message that came to a side; answers with what it is a copy of. */
  copy(to: SideName, message: SideMessage): { readonly from: SideName; readonly id: string } | undefined {
    const from = this.#sources[to].get(message.id) ?? this.#sourceOf(to, message);
    if (from === undefined) return undefined;
    this.#sources[to].set(message.id, from);
    const id = this.#pair(from, to)?.count.copy(message);
    return id === undefined ? undefined : { from, id };
  }

  get counts(): readonly PageCount[] {
    return this.#pairs.map(({ from, to, count }) => ({ from, to, ...count.count }));
  }

  #sourceOf(to: SideName, message: SideMessage): SideName | undefined {
    const { author, text } = message;
    const words = text === null ? '' : plainText(text).slice(0, longestName);
    const network = named.exec(author.name)?.[1] ?? named.exec(words)?.[1];
    const source = network === undefined ? undefined : networks.get(network);
    if (source !== undefined && source !== to) return source;
    const others = otherSides(to);
    return others.find((from) => this.#pair(from, to)?.count.awaits(message)) ?? others[0];
  }

  #pair(from: SideName, to: SideName) {
    return this.#pairs.find((pair) => pair.from === from && pair.to === to);
  }
}
