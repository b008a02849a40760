import { TargetGone } from '../../../model/errors.js';
import { chatEndpoints } from './chat.endpoints.js';
import { pathOf, requestOf } from './endpoint-call.js';
import { fileEndpoints } from './files.endpoints.js';

describe('api/endpoint-call: pathOf', () => {
  const chat = '/ocs/v2.php/apps/spreed/api/v1/chat';

  it('what is put in stays one part of the path, whatever is in it', () => {
    expect(pathOf(chatEndpoints.receive, { token: 'a/../b?c#d e%2f' })).toBe(`${chat}/a%2F..%2Fb%3Fc%23d%20e%252f`);
    expect(pathOf(chatEndpoints.edit, { token: 'a1b2', messageId: 7 })).toBe(`${chat}/a1b2/7`);
    expect(pathOf(chatEndpoints.receive, { token: 'half \ud800' })).toBe(`${chat}/half%20%EF%BF%BD`);
  });

  it('a path keeps its slashes, and loses those that stand for nothing', () => {
    const files = '/remote.php/dav/files/anna';
    expect(pathOf(fileEndpoints.upload, { user: 'anna', path: 'Talk/a b.txt' })).toBe(`${files}/Talk/a%20b.txt`);
    expect(pathOf(fileEndpoints.upload, { user: 'anna', path: '/Talk//a' })).toBe(`${files}/Talk/a`);
  });

  // Seen on Nextcloud 32: DELETE …/files/anna/Talk/sub/.. deletes Talk, with all that is in it.
  it.each(['', '.', '..'])('%j names nothing: what stands before it would be asked for', (name) => {
    expect(() => pathOf(chatEndpoints.delete, { token: 'a1b2', messageId: name })).toThrow(TargetGone);
    expect(() => pathOf(chatEndpoints.receive, { token: name })).toThrow(TargetGone);
    expect(() => pathOf(fileEndpoints.delete, { user: 'anna', path: name })).toThrow(TargetGone);
  });

  it('a path leads nowhere but down', () => {
    const up = { user: 'anna', path: 'Talk/../../ben/a.txt' };
    expect(() => pathOf(fileEndpoints.download, up)).toThrow('there is no such path');
  });
});

describe('api/endpoint-call: requestOf', () => {
  const held = { token: 'a1b2', lookIntoFuture: 1 };

  it('a request that waits for messages is given as long as the server holds it, and room for a page of them', () => {
    const maxBytes = 64 * 1024 * 1024;
    expect(requestOf(chatEndpoints.receive, { ...held, timeout: 5 })).toMatchObject({ heldMs: 5000, maxBytes });
    expect(requestOf(chatEndpoints.receive, held)).toMatchObject({ heldMs: 30_000, maxBytes });
    expect(requestOf(chatEndpoints.receive, { ...held, lookIntoFuture: 0 })).not.toHaveProperty('heldMs');
  });

  it('the room that is asked of is known, and what was left out is not sent', () => {
    const request = requestOf(chatEndpoints.send, { token: 'a1b2', message: 'hello', replyTo: undefined });
    expect(request).toMatchObject({ token: 'a1b2', body: { message: 'hello' } });
    expect(request.body).not.toHaveProperty('replyTo');
    expect(request).not.toHaveProperty('maxBytes');
  });
});
