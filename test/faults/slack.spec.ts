import type { Fault } from '../../src/sandbox/fault-script.js';
import type { EventFault } from '../../src/sandbox/slack/event-dispatcher.js';
import { patientSlack } from '../e2e/world.js';
import { isFull } from './rounds.js';
import { everything, striking } from './strikes.js';
import { describeTroubles, type Scene, type Trouble } from './town.js';

const answering =
  (fault: Fault, share = 1) =>
  (): Trouble =>
    striking({ on: 'slack', calls: everything, share, fault });

const broken = (status: number): (() => Trouble) => answering({ do: 'answer', status, body: 'Internal Server Error' });

/** What was said elsewhere waits. */
const waitsForSlack: Trouble['isFelt'] = ({ traffic }) =>
  traffic.verdicts().some(({ to, lost }) => to === 'slack' && lost.length > 3);

/** Later events suffer it. */
function struckEvents(fault: EventFault): Trouble {
  let before = 0;
  const sent = ({ world }: Scene): number => world.slack.sandbox.eventCounts.sent;
  return {
    begin: (scene) => {
      before = sent(scene);
      scene.world.slack.sandbox.setEventFault(fault);
    },
    isFelt: (scene) => sent(scene) > before + 20 * (fault.copies ?? 1),
    end: ({ world }) => {
      world.slack.sandbox.setEventFault(undefined);
    },
  };
}

/** Again and again, so often at least. */
function repeated(everyMs: number, times: number, act: (scene: Scene) => void): Trouble {
  let done = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    begin: (scene) => {
      timer = setInterval(() => {
        act(scene);
        done += 1;
      }, everyMs);
    },
    isFelt: () => done >= times,
    end: () => {
      clearInterval(timer);
    },
  };
}

/** Connections break while events are on their way: what was sent is not acknowledged. */
function cutBeforeAcknowledged(): Trouble {
  let cuts = 0;
  let stop = (): void => undefined;
  return {
    begin: ({ world }) => {
      const { sandbox, app } = world.slack;
      stop = sandbox.onChange(() => {
        if (sandbox.apps.connections(app.appId) === 0) return;
        cuts += 1;
        setImmediate(() => {
          sandbox.apps.cutConnections(app.appId);
        });
      });
    },
    isFelt: () => cuts >= 5,
    end: () => {
      stop();
    },
  };
}

describeTroubles(
  'Slack',
  { full: 50, slack: 'linked', slackServer: patientSlack },
  {
    '429 for the channel, with Retry-After': () => ({
      begin: ({ world }) => {
        world.slack.sandbox.setRateLimits({ postBurst: 1 });
      },
      isFelt: waitsForSlack,
      end: ({ world }) => {
        world.slack.sandbox.setRateLimits('off');
      },
    }),
    '429 for everything, with Retry-After': answering({
      do: 'answer',
      status: 429,
      headers: { 'retry-after': '1', 'content-type': 'application/json' },
      body: '{"ok":false,"error":"ratelimited"}',
    }),
    'everything answered 500': broken(500),
    'everything answered 502': broken(502),
    'everything answered 503': broken(503),
    'a third of the calls hangs': answering({ do: 'hang', forMs: 5_000 }, 0.3),
    'events that come four times': () => struckEvents({ copies: 4 }),
    'events in any order': () => struckEvents({ spreadMs: isFull ? 30_000 : 2_000 }),
    'changes that come before their messages': () =>
      repeated(200, 5, ({ traffic }) => {
        traffic.sayBehindItsEdit(1_000);
      }),
    'WebSockets that are to be opened anew': () =>
      repeated(300, 4, ({ world }) => {
        world.slack.sandbox.apps.disconnect(world.slack.app.appId, 'refresh_requested');
      }),
    'connections that break before the acknowledgement': cutBeforeAcknowledged,
    'a token that is revoked, and given anew': () => ({
      begin: ({ world, traffic }) => {
        const { sandbox, app, team } = world.slack;
        traffic.onlySpeak('slack');
        sandbox.apps.revokeTokens(app.appId, team);
      },
      isFelt: waitsForSlack,
      end: ({ world }) => {
        const { sandbox, app, team } = world.slack;
        sandbox.apps.install(app.appId, team, app.botToken);
      },
    }),
  },
);
