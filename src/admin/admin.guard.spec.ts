import { type ExecutionContext, ForbiddenException, UnauthorizedException } from '@nestjs/common';
import { type AdminAccess, AdminGuard } from './admin.guard.js';

function asked(access: AdminAccess, headers: Record<string, string>, path = '/metrics'): boolean {
  const context = { switchToHttp: () => ({ getRequest: () => ({ headers, path }) }) };
  return new AdminGuard(access).canActivate(context as unknown as ExecutionContext);
}

const open: AdminAccess = { host: '127.0.0.1', token: 'right', tokenOf: 'start' };
const guarded: AdminAccess = { host: '0.0.0.0', token: 'right', tokenOf: 'settings' };

describe('AdminGuard, on a loopback address', () => {
  it.each(['127.0.0.1:8080', 'localhost:8080', 'LOCALHOST', '[::1]:8080'])('takes calls to %s', (host) => {
    expect(asked(open, { host })).toBe(true);
  });

  it.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', ''])('refuses calls to %j', (host) => {
    expect(() => asked(open, { host })).toThrow(ForbiddenException);
  });

  it('refuses calls that name no host', () => {
    expect(() => asked(open, {})).toThrow(ForbiddenException);
  });

  it('takes calls from its own pages, and refuses those from others', () => {
    expect(asked(open, { host: 'localhost:8080', origin: 'http://localhost:8080' })).toBe(true);
    expect(() => asked(open, { host: 'localhost:8080', origin: 'http://evil.example' })).toThrow(ForbiddenException);
    expect(() => asked(open, { host: 'localhost:8080', origin: 'http://localhost:9090' })).toThrow(ForbiddenException);
    expect(() => asked(open, { host: 'localhost:8080', origin: 'null' })).toThrow(ForbiddenException);
  });

  it.each(['/', '/assets/page-1a2b.js', '/health/ready', '/metrics'])('asks for no token at %s', (path) => {
    expect(asked(open, { host: 'localhost:8080' }, path)).toBe(true);
  });

  it.each(['/api/status', '/API/status', '/api/links/team/pause', '/assets/../api/status', '/health/', '/else'])(
    'asks for the token of this start at %s',
    (path) => {
      expect(() => asked(open, { host: 'localhost:8080' }, path)).toThrow(UnauthorizedException);
      expect(() => asked(open, { host: 'localhost:8080', authorization: 'Bearer wrong' }, path)).toThrow(
        UnauthorizedException,
      );
      expect(asked(open, { host: 'localhost:8080', authorization: 'Bearer right' }, path)).toBe(true);
      expect(() => asked(open, { host: 'evil.example', authorization: 'Bearer right' }, path)).toThrow(
        ForbiddenException,
      );
    },
  );
});

describe('AdminGuard, with a token of the settings', () => {
  it('takes the right one', () => {
    expect(asked(guarded, { host: 'bridge.example', authorization: 'Bearer right' })).toBe(true);
  });

  it.each([{}, { authorization: 'Bearer wrong' }, { authorization: 'Bearer ' }])('refuses %j', (headers) => {
    expect(() => asked(guarded, { host: 'bridge.example', ...headers })).toThrow(UnauthorizedException);
  });

  it('tells anybody whether it is well', () => {
    expect(asked(guarded, { host: 'bridge.example' }, '/health/live')).toBe(true);
    expect(() => asked(guarded, { host: 'bridge.example' }, '/healthy')).toThrow(UnauthorizedException);
  });
});
