import type { NextFunction, Request, Response } from 'express';

const always = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** What every answer of the admin listener tells browsers: nothing from elsewhere, nothing for others, nothing kept. */
export function secureHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.removeHeader('x-powered-by');
  for (const [name, value] of Object.entries(always)) response.setHeader(name, value);
  next();
}
