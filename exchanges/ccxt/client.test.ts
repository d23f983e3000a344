import test from 'ava';
import { binance } from './binance.ts';
import { createClient, withCredentials, type Endpoint } from './client.ts';
import { createClock } from './clock.ts';

test('one base URL serves all of a venue, its streams too', async (t) => {
  const urls = await urlsOf('http://127.0.0.1:8765');
  t.true(urls.length > 20);
  for (const url of urls) t.regex(url, /^(http|ws):\/\/127\.0\.0\.1:8765\//);
  t.true(urls.includes('http://127.0.0.1:8765/api/v3'));
  t.true(urls.includes('ws://127.0.0.1:8765/ws-api/v3'));
});

test('a live venue and its test network are reached encrypted, at their own addresses', async (t) => {
  const live = await urlsOf('live');
  const testnet = await urlsOf('testnet');
  for (const url of [...live, ...testnet]) t.regex(url, /^(https|wss):\/\//);
  t.true(live.includes('https://api.binance.com/api/v3'));
  t.true(testnet.includes('https://testnet.binance.vision/api/v3'));
  t.false(testnet.includes('https://api.binance.com/api/v3'));
});

test('accounts share markets and endpoints, but neither keys nor streams', async (t) => {
  const shared = await open('http://127.0.0.1:8765');
  const one = inside(withCredentials(shared, { apiKey: 'one', secret: 's1' }));
  const two = inside(withCredentials(shared, { apiKey: 'two', secret: 's2' }));
  t.is(one['privatePostOrder'], two['privatePostOrder']);
  t.not(one['clients'], two['clients']);
  t.not(one['options'], two['options']);
  t.deepEqual([inside(shared)['apiKey'], one['apiKey'], two['apiKey']], [undefined, 'one', 'two']);
});

test('ccxt repeats nothing and leaves our amounts as they are', async (t) => {
  const client = inside(await open('live'));
  t.like(client['options'], { maxRetriesOnFailure: 0, recvWindow: 5_000 });
  const exact = '123456789012345678.123456789012345678';
  for (const name of ['amountToPrecision', 'priceToPrecision']) {
    t.is((client[name] as (symbol: string, amount: string) => string)('BTC/USDT', exact), exact);
  }
});

const open = (endpoint: Endpoint) =>
  createClient(
    binance,
    endpoint,
    createClock(async () => Date.now()),
  );

async function urlsOf(endpoint: Endpoint): Promise<string[]> {
  const { api } = inside(await open(endpoint))['urls'] as { api: unknown };
  const flat = (urls: unknown): string[] =>
    typeof urls === 'string' ? [urls] : Object.values(urls as object).flatMap(flat);
  return flat(api);
}

const inside = (client: object): Record<string, unknown> => client as Record<string, unknown>;
