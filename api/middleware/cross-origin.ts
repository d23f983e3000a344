import cors from '@koa/cors';
import type { Context, Middleware } from 'koa';
import { ApiError } from '../errors.ts';

/** The origins whose pages may call a path, and the variable that names them. */
export type OriginsOf = (path: string) => { origins: readonly string[]; variable: string };

/**
 * Lets pages of the named origins call the API. Others get no allowing header, so their browser refuses. Cookies are for
 * signing in alone: a token is sent by the page that has it, not by the browser.
 */
export function crossOrigin(originsOf: OriginsOf): Middleware {
  return cors({
    origin: (ctx) => (originsOf(ctx.path).origins.includes(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowHeaders: ['Accept', 'Authorization', 'Content-Type', 'X-Request-ID'],
    // A page may sign in, and begin to link a provider: the cookies that come with it are then kept.
    credentials: (ctx) => /^\/(oauth\/|auth\/login)/.test(ctx.path),
    exposeHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-ID'],
    maxAge: 600,
  });
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a page of another origin would change. A browser sends some requests without asking first and keeps only
 * their answer from the page, so the missing header above comes too late.
 */
export function foreignPages(originsOf: OriginsOf): Middleware {
  return (ctx, next) => {
    if (!READING.has(ctx.method)) refuseForeign(ctx, originsOf);
    return next();
  };
}

/** Throws `foreign_origin` for a page whose origin is neither ours nor named. Programs send no `Origin`. */
export function refuseForeign(ctx: Pick<Context, 'get' | 'path' | 'req'>, originsOf: OriginsOf): void {
  const origin = ctx.get('Origin');
  const { origins, variable } = originsOf(ctx.path);
  if (!origin || origins.includes(origin) || isOwn(origin, ctx.req.headers.host ?? '')) return;
  throw new ApiError(
    'foreign_origin',
    `Pages of this origin may change nothing here. If it is yours, name it in ${variable}.`,
  );
}

/** By name and port alone: a proxy may have taken the https away. */
function isOwn(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  const own = `${from.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === from.host;
}
