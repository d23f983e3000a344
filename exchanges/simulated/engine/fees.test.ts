import test from 'ava';
import { balance, limit, openMarket, short } from '../testing/market.ts';
import { TILL } from './state.ts';

test('fees are taken from what each side receives, at the rate of its role', (t) => {
  const { engine } = openMarket({
    accounts: [
      { id: 'maker', makerFee: '0.001', takerFee: '0.5' },
      { id: 'taker', makerFee: '0.5', takerFee: '0.002' },
    ],
  });
  engine.submit('maker', limit('SELL', '1', '100'));
  engine.submit('taker', limit('BUY', '1', '100'));
  const [sold] = engine.fills('maker', 'BTCUSDT');
  const [bought] = engine.fills('taker', 'BTCUSDT');
  t.like(sold, { fee: '0.10000000', feeAsset: 'USDT', maker: true });
  t.like(bought, { fee: '0.00200000', feeAsset: 'BTC', maker: false });
  t.is(balance(engine, 'maker', 'USDT').free, '10099.9');
  t.is(balance(engine, 'taker', 'BTC').free, '10.998');
  t.is(balance(engine, TILL, 'USDT').free, '0.1');
  t.is(balance(engine, TILL, 'BTC').free, '0.002');
});

test('a fee in the quote asset is taken beside the price', (t) => {
  const { engine } = openMarket({
    accounts: ['maker', { id: 'taker', takerFee: '0.001', feeAsset: 'quote' }],
  });
  engine.submit('maker', limit('SELL', '1', '100'));
  engine.submit('taker', limit('BUY', '1', '100'));
  t.is(balance(engine, 'taker', 'USDT').free, '9899.9');
  t.is(balance(engine, 'taker', 'BTC').free, '11');
});

test('a fee in a third coin is converted at its last price, and falls back where too little is free', (t) => {
  const balances = { BTC: '10', USDT: '10000', BNB: '0.0003' };
  const { engine } = openMarket({
    accounts: ['maker', { id: 'taker', takerFee: '0.001', feeAsset: 'BNB', balances }],
    symbols: { BNBUSDT: '500' },
  });
  engine.submit('maker', limit('SELL', '2', '100'));
  engine.submit('taker', limit('BUY', '1', '100'));
  engine.submit('taker', limit('BUY', '1', '100'));
  const fees = engine.fills('taker', 'BTCUSDT').map(({ fee, feeAsset }) => [short(fee), feeAsset]);
  t.deepEqual(fees, [
    ['0.0002', 'BNB'],
    ['0.001', 'BTC'],
  ]);
  t.is(balance(engine, 'taker', 'BNB').free, '0.0001');
});
