import { join } from 'node:path';
import { clusterFolder } from '../embedded/postgres.ts';
import type { Settings } from '../configuration.ts';
import type { Plan } from './plan.ts';

/** What runs where, and how to try it. */
export function banner(
  settings: Settings,
  isEmbedded: Plan['embedded'],
  { seconds, fund, telegram }: { seconds: number; fund: { ticker: string } | null; telegram: string | null },
): string {
  const { api, exchange, temporal, embedded, dataDir } = settings;
  const cluster = isEmbedded.postgres ? clusterFolder(join(dataDir, 'postgres')) : dataDir;
  const host = hostName(api.host);
  const base = `http://${host}:${api.port}`;
  const answersHere = api.debug && ['*', host].some((name) => api.allowedHosts.includes(name));
  const rows = [
    ['API', `${base}${api.prefix}`],
    ['API documentation', `${base}/docs`],
    [
      'Sign-in',
      api.authRequired
        ? `needed: sign up at ${answersHere ? base : ''}/auth/register, then in at /auth/login`
        : 'off, on this machine alone; AUTH_REQUIRED=True switches it on',
    ],
    [
      'Temporal UI',
      isEmbedded.temporal ? `http://127.0.0.1:${embedded.temporalUiPort}` : `at ${temporal.address}`,
    ],
    ['Exchange', `${exchange.url}${isEmbedded.exchange ? `   simulated, prices: ${exchange.feed}` : ''}`],
    ...(fund ? [['Fund', `${base}${api.prefix}/bot/health   on ${fund.ticker}`]] : []),
    ...(telegram === null ? [] : [['Telegram', `${telegram}${hintAt(settings)}`]]),
    ['Data and logs', dataDir],
    ...(cluster.startsWith(dataDir) ? [] : [['Database', cluster]]),
  ] as const;
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    `  Perpetua runs, after ${seconds.toFixed(1)} s.`,
    '',
    ...rows.map(([name, where]) => `  ${name.padEnd(width)}   ${where}`),
    '',
    ...(answersHere
      ? [`  Try it:   ${api.authRequired ? signUp(base) : `curl -s ${base}${api.prefix}/bots/`}`]
      : [
          `  It answers to ${api.allowedHosts.join(', ')}${api.debug ? '' : ', and to HTTPS from a proxy'} alone.`,
        ]),
    '  Ctrl-C stops everything; the next start finds it again.',
    '',
  ].join('\n');
}

/** Nobody can link a chat where nobody signs in. */
function hintAt({ api, telegram }: Settings): string {
  return api.authRequired || telegram.operatorsChat !== null
    ? ''
    : '   write to it: it says what to set TELEGRAM_CHAT_ID to, for your chat to command the bots';
}

/** By which this machine reaches it. */
function hostName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function signUp(base: string): string {
  const body = JSON.stringify({ email: 'ada@example.com', password: 'correct-Horse-7' });
  return `curl -s ${base}/auth/register -H 'Content-Type: application/json' -d '${body}'`;
}
