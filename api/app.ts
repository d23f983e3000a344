import Koa from 'koa';
import { fund } from './contracts/fund/index.ts';
import { scalper } from './contracts/scalper/index.ts';
import { trading } from './contracts/trading/index.ts';
import type { Dependencies } from './dependencies.ts';
import { liveDoors } from './live/doors.ts';
import { accessLog } from './middleware/access-log.ts';
import { compression } from './middleware/compression.ts';
import { crossOrigin, foreignPages, type OriginsOf } from './middleware/cross-origin.ts';
import { faults } from './middleware/faults.ts';
import { hostCheck } from './middleware/host-check.ts';
import { httpsRedirect } from './middleware/https-redirect.ts';
import { limitByAddress, limitUnserved } from './middleware/rate-limit.ts';
import { requestId } from './middleware/request-id.ts';
import { requestMetrics } from './middleware/request-metrics.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { createLimits } from './rate-limits/limits.ts';
import { createRouter, refuseOtherMethods } from './router.ts';
import { isBelow, type Contract } from './route.ts';
import type { ApiSettings } from './settings.ts';
import type { ApiState } from './state.ts';

/** Every published API; the last one refuses what is no one's. */
export function contractsOf(settings: ApiSettings): readonly [Contract, Contract, Contract] {
  return [trading(settings), fund(settings), scalper(settings)];
}

/**
 * The HTTP API as a Koa application; `listen` of `server.ts` serves it. Throws where a route has no policy. The registry
 * given must be this application's own.
 */
export function createApi(dependencies: Dependencies): Koa<ApiState> {
  const { settings, log, metrics, live, checkAnswers = false } = dependencies;
  const contracts = contractsOf(settings);
  const [byCaller, , standard] = contracts;
  // What several contracts have in common is served once.
  const routes = [...new Set(contracts.flatMap((contract) => contract.routes))];
  const limits = dependencies.limits ?? createLimits(settings);
  const router = createRouter({ routes }, { ...dependencies, limits });
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
  const originsOf: OriginsOf = (path: string) =>
    isBelow(byCaller, path)
      ? { origins: settings.tradingCorsOrigins, variable: 'CORS_ORIGINS' }
      : { origins: settings.corsOrigins, variable: 'BACKEND_CORS_ORIGINS' };
  app.use(crossOrigin(originsOf));
  app.use(foreignPages(originsOf));
  app.use(compression());
  app.use(limitByAddress(limits, standard.roots));
  if (live) app.use(liveDoors({ hub: live, dependencies, limits, originsOf }));
  app.use(router.routes());
  app.use(limitUnserved(limits, byCaller.roots));
  app.use(refuseOtherMethods(router));
  return app;
}
