import type { SandboxAnswer, SandboxRequest } from '../http-server.js';
import { MatrixError } from './matrix-error.js';

/** The parts of a path that a pattern names with a colon. */
export type PathParams = Readonly<Record<string, string>>;
export type RouteHandler = (request: SandboxRequest, params: PathParams) => Promise<SandboxAnswer> | SandboxAnswer;

interface Route {
  readonly names: readonly string[];
  readonly handler: RouteHandler;
}

interface Node {
  readonly literals: Map<string, Node>;
  param?: Node;
  readonly methods: Map<string, Route>;
}

const newNode = (): Node => ({ literals: new Map(), methods: new Map() });

/** Finds the handler of a call in as many steps as its path has segments. */
export class Router {
  readonly #root = newNode();

  /** `pattern`: `/rooms/:room/state/:type`. A last segment `:name*` takes the rest of the path, slashes included. */
  add(method: string, pattern: string, handler: RouteHandler): void {
    let node = this.#root;
    const names: string[] = [];
    for (const segment of pattern.split('/').slice(1)) {
      if (segment.startsWith(':')) {
        names.push(segment.slice(1));
        node = node.param ??= newNode();
      } else {
        let next = node.literals.get(segment);
        if (next === undefined) node.literals.set(segment, (next = newNode()));
        node = next;
      }
    }
    node.methods.set(method, { names, handler });
  }

  /** Throws 404 or 405 M_UNRECOGNIZED where nothing matches. */
  find(method: string, path: string): { handler: RouteHandler; params: PathParams } {
    const segments = segmentsOf(path);
    const values: string[] = [];
    const node = walk(this.#root, segments, 0, values);
    if (node === undefined) throw new MatrixError(404, 'M_UNRECOGNIZED', 'Unrecognized request');
    const route = node.methods.get(method);
    if (route === undefined) throw new MatrixError(405, 'M_UNRECOGNIZED', 'Unrecognized request');
    const params: Record<string, string> = {};
    route.names.forEach((name, index) => {
      const isRest = name.endsWith('*');
      params[isRest ? name.slice(0, -1) : name] = (isRest ? values.slice(index).join('/') : values[index]) ?? '';
    });
    return { handler: route.handler, params };
  }
}

function walk(node: Node, segments: readonly string[], at: number, values: string[]): Node | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.methods.size > 0 ? node : undefined;
  const literal = node.literals.get(segment);
  const found = literal === undefined ? undefined : walk(literal, segments, at + 1, values);
  if (found !== undefined || node.param === undefined) return found;
  values.push(segment);
  const below = walk(node.param, segments, at + 1, values);
  if (below !== undefined) return below;
  if (takesRest(node.param)) {
    values.push(...segments.slice(at + 1));
    return node.param;
  }
  values.pop();
  return undefined;
}

function takesRest(node: Node): boolean {
  for (const { names } of node.methods.values()) if (names.at(-1)?.endsWith('*') === true) return true;
  return false;
}

/**
 * The path arrives decoded: a slash inside a user id or an alias can no longer be told from one between segments.
 * Both sigils promise a colon, so such a segment goes on until it has one.
 */
function segmentsOf(path: string): readonly string[] {
  const segments = path.split('/').slice(1);
  if (!path.includes('/@') && !path.includes('/#')) return segments;
  const whole: string[] = [];
  for (const segment of segments) {
    const before = whole.at(-1);
    if (before !== undefined && /^[@#][^:]*$/.test(before)) whole[whole.length - 1] = `${before}/${segment}`;
    else whole.push(segment);
  }
  return whole;
}
