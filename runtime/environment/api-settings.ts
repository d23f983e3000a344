import { addressList, ANY_ADDRESS, NO_ADDRESS, type AddressList } from '../../api/addresses.ts';
import { isLoopback } from '../../api/loopback.ts';
import type { EmbeddedEnvironment } from './variables.ts';

/** Where a front end is developed. */
const DEVELOPMENT_ORIGINS = ['http://localhost:3000', 'http://localhost:3001'];

const PRODUCTION_HOSTS = ['scalperbot.com', 'www.scalperbot.com', 'api.scalperbot.com'];
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** What `api/settings.ts` asks for, and where to listen. */
export function apiSettings(env: EmbeddedEnvironment) {
  const isDevelopment = environmentOf(env) === 'development';
  const host = env.HOST ?? '0.0.0.0';
  return {
    host,
    port: env.PORT,
    prefix: env.API_V1_STR.replace(/\/+$/, ''),
    name: env.PROJECT_NAME,
    version: env.VERSION,
    description: env.DESCRIPTION,
    debug: env.DEBUG,
    authRequired: env.AUTH_REQUIRED ?? true,
    corsOrigins: env.BACKEND_CORS_ORIGINS ?? DEVELOPMENT_ORIGINS,
    tradingCorsOrigins: env.CORS_ORIGINS ?? (isDevelopment ? DEVELOPMENT_ORIGINS : []),
    allowedHosts: env.ALLOWED_HOSTS ?? hostNames(host, env),
    trustedProxies: env.TRUSTED_PROXIES ?? 0,
    adminAddresses: adminAddresses(env),
    rateLimit: env.RATE_LIMIT_ENABLED
      ? { perMinute: env.RATE_LIMIT_PER_MINUTE, perHour: env.RATE_LIMIT_PER_HOUR }
      : null,
    callerLimits: env.RATE_LIMIT_ENABLED
      ? {
          user: env.RATE_LIMIT_USER_PER_MINUTE,
          address: env.RATE_LIMIT_ADDRESS_PER_MINUTE,
          signIn: env.RATE_LIMIT_SIGN_IN_PER_MINUTE,
          orders: env.RATE_LIMIT_ORDERS_PER_MINUTE,
        }
      : null,
    live: { heartbeatSeconds: env.WS_HEARTBEAT_INTERVAL, queueSize: env.WS_MESSAGE_QUEUE_SIZE },
    maxBots: env.MAX_BOTS_PER_USER,
    tradeAmount: { least: env.MIN_TRADE_AMOUNT, most: env.MAX_TRADE_AMOUNT },
  };
}

/** Heard by this machine alone, it has its names: a page that gives itself another is not answered (DNS rebinding). */
function hostNames(host: string, { DEBUG }: EmbeddedEnvironment): string[] {
  if (!DEBUG) return PRODUCTION_HOSTS;
  return isLoopback(host) ? LOOPBACK_HOSTS : ['*'];
}

/** Everybody in development, nobody in production, unless it is said who. */
function adminAddresses(env: EmbeddedEnvironment): AddressList {
  if (env.ADMIN_IP_WHITELIST) return addressList(env.ADMIN_IP_WHITELIST);
  return environmentOf(env) === 'development' ? ANY_ADDRESS : NO_ADDRESS;
}

/** Development, unless DEBUG=False or ENVIRONMENT says otherwise. */
export function environmentOf({ ENVIRONMENT, DEBUG }: EmbeddedEnvironment): 'development' | 'production' {
  return ENVIRONMENT ?? (DEBUG ? 'development' : 'production');
}
