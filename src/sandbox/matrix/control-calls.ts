import { z } from 'zod';
import type { FaultScript } from '../fault-script.js';
import { ok, type Api } from './api.js';
import { MatrixError } from './matrix-error.js';
import { jsonBody } from './request-body.js';

const faultSchema = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('answer'),
    status: z.number(),
    headers: z.record(z.string(), z.string()).exactOptional(),
    body: z.string().exactOptional(),
  }),
  z.object({ do: z.literal('hang'), forMs: z.number() }),
  z.object({ do: z.literal('slow'), delayMs: z.number(), bytesPerSecond: z.number().exactOptional() }),
  z.object({ do: z.literal('acceptThenDrop') }),
  z.object({ do: z.literal('drop') }),
  z.object({ do: z.literal('truncate') }),
  z.object({ do: z.literal('html') }),
]);

const ruleSchema = z.object({
  method: z.string().exactOptional(),
  path: z.string(),
  after: z.number().exactOptional(),
  times: z.number().exactOptional(),
  share: z.number().exactOptional(),
  fault: faultSchema,
});

const pushFaultSchema = z.object({
  delayMs: z.number().exactOptional(),
  repeat: z.enum(['sameId', 'otherId']).exactOptional(),
  strand: z.literal(true).exactOptional(),
  times: z.number().exactOptional(),
});

export interface Controls {
  readonly faults: FaultScript;
  /** Restarts the server after its answer is out. */
  readonly restart: () => void;
  readonly state: () => Record<string, unknown>;
}

/** The sandbox's own calls, under `/_sandbox/`: for tests in another process and for the page. */
export function addControlCalls(api: Api, controls: Controls): void {
  const { router, server, pusher } = api;
  router.add('GET', '/_sandbox/ledger', (request) => {
    const after = Number(request.query.get('after') ?? '0') || 0;
    const room = request.query.get('room') ?? undefined;
    return ok({ entries: server.ledger.entries(room).filter(({ order }) => order > after) });
  });
  router.add('POST', '/_sandbox/faults', (request) => {
    controls.faults.add(parse(ruleSchema, jsonBody(request)));
    return ok();
  });
  router.add('DELETE', '/_sandbox/faults', () => {
    controls.faults.clear();
    return ok();
  });
  router.add('POST', '/_sandbox/push-fault', (request) => {
    pusher.faults.set(parse(pushFaultSchema, jsonBody(request)));
    return ok();
  });
  router.add('DELETE', '/_sandbox/push-fault', () => {
    pusher.faults.set(undefined);
    return ok();
  });
  router.add('POST', '/_sandbox/restart', () => {
    controls.restart();
    return ok();
  });
  router.add('GET', '/_sandbox/state', () => ok(controls.state()));
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new MatrixError(400, 'M_BAD_JSON', z.prettifyError(parsed.error));
  return parsed.data;
}
