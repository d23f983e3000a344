import Koa from 'koa';
import { scalper } from './contracts/scalper/index.ts';
import { trading } from './contracts/trading/index.ts';
import type { Dependencies } from './dependencies.ts';
import { accessLog } from './middleware/access-log.ts';
import { compression } from './middleware/compression.ts';
import { crossOrigin, foreignPages } from './middleware/cross-origin.ts';
import { faults } from './middleware/faults.ts';
import { hostCheck } from './middleware/host-check.ts';
import { httpsRedirect } from './middleware/https-redirect.ts';
import { memoryLimiters, rateLimit } from './middleware/rate-limit.ts';
import { requestId } from './middleware/request-id.ts';
import { requestMetrics } from './middleware/request-metrics.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { createRouter, refuseOtherMethods } from './router.ts';
import { isBelow, type Contract } from './route.ts';
import type { ApiSettings } from './settings.ts';
import type { ApiState } from './state.ts';

/** Every published API; the last one refuses what is no one's. */
export function contractsOf(settings: ApiSettings): readonly [Contract, Contract] {
  return [trading(settings), scalper(settings)];
}

/**
 * The HTTP API as a Koa application; `listen` of `server.ts` serves it. Throws where a route has no policy. The registry
 * given must be this application's own.
 */
export function createApi(dependencies: Dependencies): Koa<ApiState> {
  const { settings, log, metrics, checkAnswers = false } = dependencies;
  const contracts = contractsOf(settings);
  const routes = contracts.flatMap((contract) => contract.routes);
  const roots = contracts.flatMap((contract) => contract.roots);
  const router = createRouter({ routes }, dependencies);
  const [, standard] = contracts;
  const envelopeOf = (path: string) =>
    (contracts.find((contract) => isBelow(contract, path)) ?? standard).envelope;

  const app = new Koa<ApiState>({ proxy: settings.trustedProxies > 0, maxIpsCount: settings.trustedProxies });
  app.silent = true;
  app.on('error', (error: unknown) => log.warn({ err: error }, 'The answer could not be sent whole'));

  app.use(requestId(log));
  app.use(securityHeaders);
  app.use(accessLog(log));
  app.use(requestMetrics(metrics));
  app.use(faults(envelopeOf, { checkAnswers }));
  app.use(hostCheck(settings.allowedHosts));
  if (!settings.debug) app.use(httpsRedirect);
  app.use(crossOrigin(settings.corsOrigins));
  app.use(foreignPages(settings.corsOrigins));
  app.use(compression());
  const limiters = dependencies.rateLimiters ?? (settings.rateLimit && memoryLimiters(settings.rateLimit));
  if (limiters) app.use(rateLimit(limiters, roots));
  app.use(router.routes());
  app.use(refuseOtherMethods(router));
  return app;
}
