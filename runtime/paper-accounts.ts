import { randomBytes } from 'node:crypto';
import type { Amount } from '../bots/money.ts';
import type { Credentials } from '../exchanges/port.ts';
import type { AccountInput } from '../exchanges/simulated/control/control-api.ts';

export interface PaperExchange {
  /** The simulated exchange, its control API open to `controlToken`. */
  exchangeUrl: string;
  controlToken: string;
}

interface NewPaperAccount {
  id: string;
  keys: Credentials;
  /** Reading and trading unless said otherwise. */
  permissions?: { read: boolean; trade: boolean; withdraw: boolean; transfer: boolean };
  balances?: Record<string, Amount>;
}

const BALANCES: Record<string, Amount> = { USDT: '100000', BTC: '1', ETH: '20', BNB: '50', SOL: '200' };

/** Keys that nobody guesses. */
export function newPaperKeys(): Credentials {
  return { apiKey: randomBytes(32).toString('hex'), secret: randomBytes(32).toString('hex') };
}

/** Opens an account with play money, unless said otherwise, under that id; one that is open stays as it is. Throws what `fetch` throws, or what was answered. */
export async function openPaperAccount(
  exchange: PaperExchange,
  { id, keys: { apiKey: key, secret }, permissions, balances = BALANCES }: NewPaperAccount,
  signal?: AbortSignal,
): Promise<void> {
  const body: AccountInput = { id, keys: [{ key, secret, ...(permissions && { permissions }) }], balances };
  const answer = await control(exchange, 'accounts', {
    method: 'POST',
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  if (!answer.ok)
    throw new Error(
      `The simulated exchange opened no account (HTTP ${answer.status}): ${await answer.text()}`,
    );
}

/** Closes the account of that id, its orders with it; one that is not there is closed. Throws as `openPaperAccount`. */
export async function closePaperAccount(
  exchange: PaperExchange,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const answer = await control(exchange, `accounts/${id}`, { method: 'DELETE', signal });
  if (!answer.ok && answer.status !== 404)
    throw new Error(`The simulated exchange closed no account (HTTP ${answer.status})`);
}

/** Asks the control API. */
export function control({ exchangeUrl, controlToken }: PaperExchange, path: string, request: RequestInit) {
  const headers = { Authorization: `Bearer ${controlToken}`, 'Content-Type': 'application/json' };
  return fetch(`${exchangeUrl}/control/${path}`, { ...request, headers });
}
