import type { Middleware } from 'koa';
import compress from 'koa-compress';

/** Gzip from 1,000 bytes, for clients that accept it. */
export function compression(): Middleware {
  const gzip = compress({ threshold: 1_000, br: false, deflate: false });
  return (ctx, next) => {
    // koa-compress fails on headers that accept neither gzip nor the plain form; most clients send none at all.
    if (ctx.headers['accept-encoding'] && ctx.acceptsEncodings('gzip')) return gzip(ctx, next);
    ctx.vary('Accept-Encoding');
    return next();
  };
}
