import cors from '@koa/cors';
import type { Middleware } from 'koa';

/** Lets pages of the named origins call the API. Others get no allowing header, so their browser refuses. */
export function crossOrigin(origins: readonly string[]): Middleware {
  const allowed = new Set(origins);
  return cors({
    origin: (ctx) => (allowed.has(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowHeaders: ['Accept', 'Authorization', 'Content-Type', 'X-Request-ID'],
    exposeHeaders: ['Retry-After', 'X-Request-ID'],
    maxAge: 600,
  });
}
