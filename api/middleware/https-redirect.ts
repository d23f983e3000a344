import type { Middleware } from 'koa';

/** Sends plain HTTP to https, keeping method and body (307). Health checks come from inside and are left alone. */
export const httpsRedirect: Middleware = (ctx, next) => {
  if (ctx.secure || ctx.path === '/health') return next();
  ctx.status = 307;
  ctx.redirect(`https://${ctx.req.headers.host}${ctx.originalUrl.startsWith('/') ? ctx.originalUrl : '/'}`);
};
