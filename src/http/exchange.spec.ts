import { getEventListeners, getMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import { exchange, type HttpAnswer } from './exchange.js';
import { TransportError } from './transport-failure.js';

const controller = { abort: () => undefined } as unknown as Dispatcher.DispatchController;

/** A server that answers when it is told to. */
class Patient {
  readonly asked: Dispatcher.DispatchHandler[] = [];

  ask(signal: AbortSignal): Promise<HttpAnswer> {
    const dispatch = (_: object, handler: Dispatcher.DispatchHandler): boolean => this.asked.push(handler) > 0;
    return exchange(
      { dispatch } as unknown as Dispatcher,
      { origin: 'http://there.test', path: '/', method: 'GET' },
      { headers: {}, timeoutMs: 60_000, maxBytes: 1000, signal },
    );
  }

  answer(handler: Dispatcher.DispatchHandler): void {
    handler.onRequestStart?.(controller, undefined);
    handler.onResponseStart?.(controller, 200, {}, 'OK');
    handler.onResponseData?.(controller, Buffer.from('yes'));
    handler.onResponseEnd?.(controller, {});
  }
}

describe('http: exchange', () => {
  const many = Array.from({ length: 40 }, (_, at) => at);
  let server: Patient;
  let stop: AbortController;

  beforeEach(() => {
    server = new Patient();
    stop = new AbortController();
  });

  const listeners = (): number => getEventListeners(stop.signal, 'abort').length;

  it('many may be under way on one signal, which is no leak to be warned of: each lets go of it with its answer', async () => {
    const answers = Promise.all(many.map(() => server.ask(stop.signal)));
    const meanwhile = [listeners(), getMaxListeners(stop.signal)];
    for (const each of server.asked) server.answer(each);
    expect(meanwhile).toEqual([40, Infinity]);
    expect((await answers).map(({ body }) => body.toString())).toEqual(many.map(() => 'yes'));
    expect(listeners()).toBe(0);
  });

  it('who is given up, or breaks, lets go of it too', async () => {
    const failures = many.map(() => server.ask(stop.signal).catch((error: unknown) => error));
    server.asked[0]?.onResponseError?.(controller, new Error('reset'));
    expect(listeners()).toBe(39);
    stop.abort();
    const late = server.ask(stop.signal).catch((error: unknown) => error);
    const hows = (await Promise.all([...failures, late])).map((error) => (error as TransportError).failure.how);
    expect(hows).toEqual(['broken', ...many.map(() => 'aborted')]);
    expect([listeners(), server.asked.length]).toEqual([0, 40]);
  });
});
