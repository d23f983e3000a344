import test, { type ExecutionContext } from 'ava';
import { exchangeContract, type ContractVenue, type VenueFault } from '../contract/suite.ts';
import type { FaultInput } from '../simulated/control/faults.ts';
import { accountOf, ALICE, BOB, startStillExchange } from '../simulated/testing/still-exchange.ts';
import { createCcxtExchange } from './adapter.ts';
import { binance } from './binance.ts';
import { createVenue } from './venue.ts';

exchangeContract(test, openSimulatedBinance);

async function openSimulatedBinance(t: ExecutionContext): Promise<ContractVenue> {
  const simulated = await startStillExchange(t);
  const { control, engine } = simulated;
  engine.openAccount(
    accountOf('carol', { apiKey: 'carol-key-0123456789', secret: 'carol-secret-0123456789' }),
  );
  const venue = await createVenue(binance, {
    endpoint: simulated.url as `http://${string}`,
    timeoutMs: 5_000,
  });
  const open: ContractVenue['open'] = (credentials) => {
    const exchange = createCcxtExchange(venue, credentials);
    t.teardown(() => exchange.close());
    return exchange;
  };
  t.teardown(() => venue.close());
  let counters = 0;
  return {
    exchange: open(ALICE),
    neighbour: open(BOB),
    open,
    symbol: 'BTC/USDT',
    otherSymbol: 'ETH/USDT',
    price: '50000',
    counter: ({ side, ...order }) =>
      void engine.submit(side === 'SELL' ? 'bob' : 'carol', {
        ...COUNTER,
        clientOrderId: `counter-${++counters}`,
        side,
        ...order,
      }),
    strike: (fault) => control.addFault(toControl(fault)),
    skewClock: (ms) => control.skewClock(ms),
    accepted: (id) => control.effects('alice').accounts['alice']?.[id]?.length ?? 0,
    requests: () => control.requests(0).length,
    dropAccountStreams: () => control.dropUserStreams(null),
    shutDown: () => simulated.close(),
  };
}

const COUNTER = {
  symbol: 'BTCUSDT',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quoteQuantity: null,
  stopPrice: null,
} as const;

/** The control API's words for the suite's faults; each strikes the next order that is placed. */
function toControl(fault: VenueFault): FaultInput {
  const next = { match: { method: 'POST', path: '/api/v3/order' }, times: 1 };
  switch (fault.kind) {
    case 'server_error':
      return { kind: 'status', status: 503, effect: true, ...next };
    case 'timeout':
    case 'malformed_json':
      return { kind: fault.kind, effect: true, ...next };
    case 'rate_limited':
      return { kind: fault.kind, retryAfterSeconds: fault.seconds, ...next };
    case 'banned':
      return { kind: fault.kind, ms: fault.seconds * 1_000, ...next };
    case 'duplicate_events':
      return { kind: fault.kind };
    default:
      return { kind: fault.kind, ...next };
  }
}
