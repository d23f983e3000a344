import type { Amount } from '../bots/money.ts';
import { control, type PaperExchange } from './paper-accounts.ts';

/** Somebody outside pays to an address of the exchange. */
export interface Payment {
  asset: string;
  network: string;
  address: string;
  amount: Amount;
}

/** What has come in, as the simulated chain has it. */
export interface Arrival extends Payment {
  status: 'pending' | 'credited' | 'final' | 'reversed';
}

/** Pays, now. */
export async function sendPayment(exchange: PaperExchange, payment: Payment): Promise<void> {
  await ask(exchange, 'chain/send', payment);
}

/** All that has ever come in. */
export async function arrivals(exchange: PaperExchange): Promise<Arrival[]> {
  return (await ask<{ deposits: Arrival[] }>(exchange, 'chain')).deposits;
}

/** Brings so many blocks of a network, now. */
export async function mineBlocks(exchange: PaperExchange, network: string, blocks: number): Promise<void> {
  await ask(exchange, 'chain/mine', { network, blocks });
}

/** Lets prices stand still but for `movePrice`. */
export async function freezePrices(exchange: PaperExchange): Promise<void> {
  await ask(exchange, 'prices/freeze', {});
}

/** Moves a price by real trades through the book. */
export async function movePrice(
  exchange: PaperExchange,
  move: { symbol: string; price: Amount },
): Promise<void> {
  await ask(exchange, 'prices', move);
}

/** Throws what `fetch` throws, or what was answered. */
async function ask<T>(exchange: PaperExchange, path: string, body?: object): Promise<T> {
  const request = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const answer = await control(exchange, path, request);
  if (answer.ok) return (await answer.json()) as T;
  throw new Error(`The simulated exchange answered HTTP ${answer.status} to ${path}: ${await answer.text()}`);
}
