import type { Middleware } from 'koa';

/** On every answer, faults included. The values are the contract's. */
export const SECURITY_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-XSS-Protection': '1; mode=block',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
};

const ALL_HEADERS = Object.entries({
  ...SECURITY_HEADERS,
  'Referrer-Policy': 'no-referrer',
  // Answers are data: a page that needs more says so itself.
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
});

export const securityHeaders: Middleware = (ctx, next) => {
  for (const [name, value] of ALL_HEADERS) ctx.res.setHeader(name, value);
  return next();
};
