/** What a path leads to: `found`, or `elsewhere` where only other methods are answered there. */
export type RouteMatch<Handler> =
  | { readonly kind: 'found'; readonly handler: Handler; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'none' };

interface Branch<Handler> {
  readonly literal: Map<string, Branch<Handler>>;
  readonly variables: { readonly name: string; readonly pattern: RegExp; readonly branch: Branch<Handler> }[];
  readonly handlers: Map<string, Handler>;
}

const anything = /^[^/]+$/;

/** Finds handlers by method and path; `{name}` is one part of the path, `{name:pattern}` one that matches. */
export class Router<Handler> {
  readonly #root: Branch<Handler> = newBranch();

  add(method: string, path: string, handler: Handler): void {
    let branch = this.#root;
    for (const part of path.split('/').slice(1))
      branch = part.startsWith('{') ? variableOf(branch, part) : literalOf(branch, part);
    branch.handlers.set(method, handler);
  }

  find(method: string, path: string): RouteMatch<Handler> {
    const parts = path.split('/');
    const parameters: Record<string, string> = {};
    const branches = follow(this.#root, parts, 1, parameters);
    let isElsewhere = false;
    for (const branch of branches) {
      const handler = branch.handlers.get(method);
      if (handler !== undefined) return { kind: 'found', handler, parameters };
      isElsewhere ||= branch.handlers.size > 0;
    }
    return { kind: isElsewhere ? 'elsewhere' : 'none' };
  }
}

function newBranch<Handler>(): Branch<Handler> {
  return { literal: new Map(), variables: [], handlers: new Map() };
}

function literalOf<Handler>(branch: Branch<Handler>, part: string): Branch<Handler> {
  const known = branch.literal.get(part);
  if (known !== undefined) return known;
  const added = newBranch<Handler>();
  branch.literal.set(part, added);
  return added;
}

function variableOf<Handler>(branch: Branch<Handler>, part: string): Branch<Handler> {
  const [name = '', source] = part.slice(1, -1).split(/:(.*)/s);
  const pattern = source === undefined ? anything : new RegExp(`^(?:${source})$`);
  const known = branch.variables.find(
    (variable) => variable.name === name && variable.pattern.source === pattern.source,
  );
  if (known !== undefined) return known.branch;
  const added = newBranch<Handler>();
  branch.variables.push({ name, pattern, branch: added });
  return added;
}

/** Every branch that the path leads to, literal parts before variable ones. */
function* follow<Handler>(
  branch: Branch<Handler>,
  parts: readonly string[],
  at: number,
  parameters: Record<string, string>,
): Generator<Branch<Handler>> {
  const part = parts[at];
  if (part === undefined) {
    yield branch;
    return;
  }
  const literal = branch.literal.get(part);
  if (literal !== undefined) yield* follow(literal, parts, at + 1, parameters);
  for (const variable of branch.variables) {
    if (!variable.pattern.test(part)) continue;
    parameters[variable.name] = part;
    yield* follow(variable.branch, parts, at + 1, parameters);
  }
}
