import type { TestFn } from 'ava';
import { Decimal } from '../../bots/money.ts';
import { failure, restingBuy } from './expect.ts';
import type { OpenVenue } from './venue.ts';

/** The longest id and every character that Binance takes. */
const OWN_ID = 'p0ABCdef.XYZ:uvw/789_tail-0123456789';

export function ordersContract(test: TestFn, open: OpenVenue): void {
  test('contract: an order that rests is found by the id we gave it, and cancelled', async (t) => {
    const venue = await open(t);
    const { exchange, symbol } = venue;
    const placed = await exchange.place(
      restingBuy(venue, OWN_ID, { quantity: '0.12345', price: '48999.99' }),
    );
    t.like(placed, {
      clientOrderId: OWN_ID,
      symbol,
      side: 'BUY',
      type: 'LIMIT',
      quantity: '0.12345',
      price: '48999.99',
      filled: '0',
      status: 'OPEN',
    });
    const key = { symbol, clientOrderId: OWN_ID };
    t.like(await exchange.orderByClientId(key), {
      orderId: placed.orderId,
      status: 'OPEN',
      clientOrderId: OWN_ID,
    });
    t.deepEqual(
      (await exchange.openOrders(symbol)).map(({ clientOrderId }) => clientOrderId),
      [OWN_ID],
    );
    t.like(await exchange.cancel(key), {
      orderId: placed.orderId,
      status: 'CANCELLED',
      clientOrderId: OWN_ID,
    });
    t.deepEqual(await exchange.openOrders(symbol), []);
    t.like(await exchange.orderByClientId(key), { status: 'CANCELLED', clientOrderId: OWN_ID });
    t.like(await exchange.cancel(key), { status: 'CANCELLED' }, 'a second cancel says how the order stands');
  });

  test('contract: an order that takes has its fills, with their fees', async (t) => {
    const venue = await open(t);
    const { exchange, symbol, counter } = venue;
    counter({ side: 'SELL', price: '50010', quantity: '0.1' });
    counter({ side: 'SELL', price: '50020', quantity: '0.1' });
    const order = await exchange.place(
      restingBuy(venue, 'takes', { type: 'MARKET', price: null, quantity: '0.15' }),
    );
    t.like(order, { status: 'FILLED', type: 'MARKET', price: null, quantity: '0.15', filled: '0.15' });
    const fills = await exchange.fillsOfOrder({ symbol, orderId: order.orderId });
    t.deepEqual(
      fills.map(({ price, quantity, side, maker, fee, feeAsset }) => ({
        price,
        quantity,
        side,
        maker,
        fee,
        feeAsset,
      })),
      [
        { price: '50010', quantity: '0.1', side: 'BUY', maker: false, fee: '0.0001', feeAsset: 'BTC' },
        { price: '50020', quantity: '0.05', side: 'BUY', maker: false, fee: '0.00005', feeAsset: 'BTC' },
      ],
    );
    t.is(new Set(fills.map(({ tradeId }) => tradeId)).size, 2);
  });

  test('contract: an order filled while it rested was the maker, and its cancel says filled', async (t) => {
    const venue = await open(t);
    const { exchange, symbol, counter } = venue;
    const { orderId } = await exchange.place(restingBuy(venue, 'makes'));
    counter({ side: 'SELL', price: '49000', quantity: '0.04' });
    t.like(await exchange.orderByClientId({ symbol, clientOrderId: 'makes' }), {
      status: 'OPEN',
      filled: '0.04',
    });
    counter({ side: 'SELL', price: '49000', quantity: '0.06' });
    const cancelled = await exchange.cancel({ symbol, clientOrderId: 'makes' });
    t.like(cancelled, { orderId, status: 'FILLED', filled: '0.1' });
    const fills = await exchange.fillsOfOrder({ symbol, orderId });
    t.true(fills.every(({ maker }) => maker === true));
    t.is(Decimal.sum(...fills.map(({ quantity }) => quantity)).toFixed(), '0.1');
  });

  test('contract: an id that was never sent is null, and cannot be cancelled', async (t) => {
    const { exchange, symbol } = await open(t);
    t.is(await exchange.orderByClientId({ symbol, clientOrderId: 'never-sent' }), null);
    const error = await failure(t, exchange.cancel({ symbol, clientOrderId: 'never-sent' }));
    t.like(error, { code: 'unknown_order', phase: 'refused' });
  });

  test('contract: what a venue refuses is refused for good, and says why', async (t) => {
    const venue = await open(t);
    const { exchange, accepted } = venue;
    await exchange.place(restingBuy(venue, 'twice'));
    for (const [changes, facts] of [
      [
        { quantity: '20000', price: '50000' },
        { code: 'invalid_order', final: true },
      ],
      [
        { quantity: '100', price: '50000' },
        { code: 'insufficient_funds', final: false },
      ],
      [
        { quantity: '0.00001', price: '50000' },
        { code: 'below_minimum', final: true },
      ],
      [
        { quantity: '0.1', price: '49000.001' },
        { code: 'invalid_order', final: true },
      ],
      [{ clientOrderId: 'twice' }, { code: 'duplicate_order' }],
    ] as const) {
      const error = await failure(t, exchange.place(restingBuy(venue, 'refused', changes)));
      t.like(error, { ...facts, phase: 'refused', retrySafe: true });
      t.truthy(error.venueCode);
    }
    t.is(accepted('refused'), 0);
    t.is(accepted('twice'), 1);
  });

  test('contract: an order whose time has run out is not sent', async (t) => {
    const venue = await open(t);
    const { exchange, accepted, requests } = venue;
    await exchange.balances();
    const before = requests();
    const error = await failure(t, exchange.place(restingBuy(venue, 'late', { sendBefore: Date.now() })));
    t.like(error, { code: 'too_late', phase: 'before_call', retrySafe: true });
    t.is(requests(), before);
    t.is(accepted('late'), 0);
  });
}
