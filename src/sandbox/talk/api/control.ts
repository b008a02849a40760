import type { FaultRule, FaultScript } from '../../fault-script.js';
import type { SandboxAnswer, SandboxRequest } from '../../http-server.js';
import type { Ledger } from '../../ledger.js';
import type { SignalingServer } from '../signaling/signaling-server.js';
import type { TalkState } from '../state/talk-state.js';

const unknown: SandboxAnswer = { status: 404, body: { error: 'unknown control' } };
export const controlFront = '/_sandbox/';

/** The sandbox's own endpoints, for when it runs as a process by itself. */
export class Control {
  constructor(
    private readonly talk: TalkState,
    private readonly ledger: Ledger,
    private readonly faults: FaultScript,
    private readonly signaling: SignalingServer | undefined,
  ) {}

  answer(request: SandboxRequest): SandboxAnswer {
    const what = request.path.slice(controlFront.length);
    switch (`${request.method} ${what}`) {
      case 'GET ledger':
        return { status: 200, body: this.ledger.entries().slice(Number(request.query.get('after') ?? 0)) };
      case 'GET state':
        return { status: 200, body: this.#state() };
      case 'POST faults':
        this.faults.add(JSON.parse(request.body.toString('utf8')) as FaultRule);
        return { status: 204 };
      case 'DELETE faults':
        this.faults.clear();
        return { status: 204 };
      case 'POST signaling':
        return this.#disturb(request.query.get('do') ?? '');
      default:
        return unknown;
    }
  }

  /** What can happen to the connections of the signaling server. */
  #disturb(what: string): SandboxAnswer {
    const { signaling } = this;
    if (signaling === undefined) return unknown;
    switch (what) {
      case 'cut':
        signaling.cut();
        break;
      case 'restart':
        signaling.restart();
        break;
      case 'hush':
        signaling.hush();
        break;
      case 'sendAway':
        signaling.sendAway('sandbox');
        break;
      default:
        return unknown;
    }
    return { status: 204 };
  }

  #state(): unknown {
    return {
      users: this.talk.accounts.all().map(({ id, displayName }) => ({ id, displayName })),
      rooms: this.talk.rooms.all().map((room) => ({
        token: room.token,
        name: room.name,
        type: room.type,
        members: [...room.attendees.keys()],
        messages: room.log.all().length,
        lastMessageId: room.lastMessage?.id ?? 0,
      })),
      faultsStruck: this.faults.struck,
    };
  }
}
