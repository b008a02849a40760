import { z } from 'zod';
import type { FaultRule, FaultScript } from '../fault-script.js';
import type { SandboxAnswer, SandboxRequest } from '../http-server.js';
import type { Ledger } from '../ledger.js';
import type { EventFault } from './event-dispatcher.js';
import { actSchema, type PersonAct } from './person-act.js';
import { parseJson } from './state/json.js';
import type { DisconnectReason } from './socket-mode.js';

export const controlFront = '/_sandbox/';

export interface Controls {
  readonly ledger: Ledger;
  readonly faults: FaultScript;
  readonly setEventFault: (fault: EventFault | undefined) => void;
  readonly advance: (byMs: number) => void;
  readonly disconnect: (appId: string, reason: DisconnectReason) => void;
  /** Does something in a person's name; answers the `ts` where there is one. Throws an Error. */
  readonly act: (act: PersonAct) => string | undefined;
  readonly state: () => unknown;
}

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

const ruleSchema: z.ZodType<FaultRule> = z.object({
  method: z.string().exactOptional(),
  path: z.string(),
  after: z.number().exactOptional(),
  times: z.number().exactOptional(),
  share: z.number().exactOptional(),
  fault: faultSchema,
});

const eventFaultSchema: z.ZodType<EventFault> = z.object({
  copies: z.number().exactOptional(),
  spreadMs: z.number().exactOptional(),
  lost: z.number().exactOptional(),
  times: z.number().exactOptional(),
});

const disconnectSchema = z.object({
  app: z.string(),
  reason: z.enum(['warning', 'refresh_requested', 'link_disabled']),
});

/** The sandbox's own endpoints, for when it runs as a process by itself. */
export class Control {
  constructor(private readonly controls: Controls) {}

  answer(request: SandboxRequest): SandboxAnswer {
    try {
      return this.#answer(request);
    } catch (error) {
      return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
    }
  }

  #answer(request: SandboxRequest): SandboxAnswer {
    const { ledger, faults } = this.controls;
    const body = parseJson(request.body.toString('utf8'));
    switch (`${request.method} ${request.path.slice(controlFront.length)}`) {
      case 'GET ledger':
        return { status: 200, body: ledger.entries().slice(Number(request.query.get('after') ?? 0)) };
      case 'GET state':
        return { status: 200, body: this.controls.state() };
      case 'POST faults':
        faults.add(ruleSchema.parse(body));
        return { status: 204 };
      case 'DELETE faults':
        faults.clear();
        return { status: 204 };
      case 'POST event-fault':
        this.controls.setEventFault(eventFaultSchema.parse(body));
        return { status: 204 };
      case 'DELETE event-fault':
        this.controls.setEventFault(undefined);
        return { status: 204 };
      case 'POST clock':
        this.controls.advance(z.object({ advanceMs: z.number() }).parse(body).advanceMs);
        return { status: 204 };
      case 'POST disconnect': {
        const { app, reason } = disconnectSchema.parse(body);
        this.controls.disconnect(app, reason);
        return { status: 204 };
      }
      case 'POST act':
        return { status: 200, body: { ts: this.controls.act(actSchema.parse(body)) ?? null } };
      default:
        return { status: 404, body: { error: 'unknown control' } };
    }
  }
}
