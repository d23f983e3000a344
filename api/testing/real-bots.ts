import type { BotBody } from './example.ts';
import type { Call } from './start-api.ts';

/** Plain limit orders at the example's prices. */
export const PLAIN = { trailing_percent: null };

interface LogBody {
  level: string;
  message: string;
}

/** The logs, oldest first: `INFO Bot stopped for BTC/USDT on Binance`. */
export async function messages(call: Call, path = '/api/v1/logs/'): Promise<string[]> {
  const { body } = await call<LogBody[]>('GET', path);
  return body.map(({ level, message }) => `${level} ${message}`).toReversed();
}

/** The status a command was answered with, and whether it renewed `updated_at`. */
export async function ask(
  call: Call,
  id: string,
  name: string,
): Promise<[status: string, isRenewed: boolean]> {
  const { body: before } = await call<BotBody>('GET', `/api/v1/bots/${id}`);
  const { body } = await call<BotBody>('POST', `/api/v1/bots/${id}/${name}`);
  return [body.status, body.updated_at > before.updated_at];
}
