import { account, myTrades, orderRateLimits } from './rest/account.ts';
import { cancelReplace } from './rest/cancel-replace.ts';
import { commission } from './rest/commission.ts';
import { coins } from './rest/coins.ts';
import * as deposits from './rest/deposits.ts';
import { exchangeInfo, ping, time } from './rest/general.ts';
import { aggTrades, avgPrice, depth, historicalTrades, klines, trades } from './rest/market-data.ts';
import {
  allOrders,
  cancelOpenOrders,
  cancelOrder,
  openOrders,
  placeOrder,
  queryOrder,
  testOrder,
} from './rest/orders.ts';
import * as subAccounts from './rest/sub-accounts.ts';
import { bookTicker, dayTickers, priceTicker } from './rest/tickers.ts';
import { keyRestrictions, noContracts, noMarginPairs, systemStatus, tradeFees } from './rest/wallet.ts';
import { apply, withdrawalHistory } from './rest/withdrawals.ts';
import type { Endpoint } from './venue.ts';

/** Every REST endpoint, by method and path. */
export const REST_ROUTES: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['GET /api/v3/ping', ping],
  ['GET /api/v3/time', time],
  ['GET /api/v3/exchangeInfo', exchangeInfo],
  ['GET /api/v3/depth', depth],
  ['GET /api/v3/trades', trades],
  ['GET /api/v3/historicalTrades', historicalTrades],
  ['GET /api/v3/aggTrades', aggTrades],
  ['GET /api/v3/klines', klines],
  ['GET /api/v3/uiKlines', klines],
  ['GET /api/v3/avgPrice', avgPrice],
  ['GET /api/v3/ticker/price', priceTicker],
  ['GET /api/v3/ticker/24hr', dayTickers],
  ['GET /api/v3/ticker/bookTicker', bookTicker],
  ['POST /api/v3/order', placeOrder],
  ['GET /api/v3/order', queryOrder],
  ['DELETE /api/v3/order', cancelOrder],
  ['POST /api/v3/order/test', testOrder],
  ['POST /api/v3/order/cancelReplace', cancelReplace],
  ['GET /api/v3/openOrders', openOrders],
  ['DELETE /api/v3/openOrders', cancelOpenOrders],
  ['GET /api/v3/allOrders', allOrders],
  ['GET /api/v3/myTrades', myTrades],
  ['GET /api/v3/account', account],
  ['GET /api/v3/account/commission', commission],
  ['GET /api/v3/rateLimit/order', orderRateLimits],
  ['GET /sapi/v1/system/status', systemStatus],
  ['GET /sapi/v1/capital/config/getall', coins],
  ['GET /sapi/v1/capital/deposit/address', deposits.address],
  ['GET /sapi/v1/capital/deposit/hisrec', deposits.history],
  ['GET /sapi/v1/capital/deposit/subAddress', deposits.subAddress],
  ['GET /sapi/v1/capital/deposit/subHisrec', deposits.subHistory],
  ['POST /sapi/v1/capital/withdraw/apply', apply],
  ['GET /sapi/v1/capital/withdraw/history', withdrawalHistory],
  ['POST /sapi/v1/sub-account/virtualSubAccount', subAccounts.create],
  ['GET /sapi/v1/sub-account/list', subAccounts.list],
  ['GET /sapi/v3/sub-account/assets', subAccounts.assetsAsNumbers],
  ['GET /sapi/v4/sub-account/assets', subAccounts.assets],
  ['POST /sapi/v1/sub-account/universalTransfer', subAccounts.transfer],
  ['GET /sapi/v1/sub-account/universalTransfer', subAccounts.transferHistory],
  ['GET /sapi/v1/account/apiRestrictions', keyRestrictions],
  ['GET /sapi/v1/asset/tradeFee', tradeFees],
  ['GET /sapi/v1/margin/allPairs', noMarginPairs],
  ['GET /sapi/v1/margin/isolated/allPairs', noMarginPairs],
  ['GET /fapi/v1/exchangeInfo', noContracts],
  ['GET /dapi/v1/exchangeInfo', noContracts],
]);

/** The methods of the WebSocket API that answer as a REST endpoint does. */
export const FRAME_ROUTES: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['ping', ping],
  ['time', time],
  ['exchangeInfo', exchangeInfo],
  ['depth', depth],
  ['trades.recent', trades],
  ['trades.historical', historicalTrades],
  ['trades.aggregate', aggTrades],
  ['klines', klines],
  ['uiKlines', klines],
  ['avgPrice', avgPrice],
  ['ticker.price', priceTicker],
  ['ticker.24hr', dayTickers],
  ['ticker.book', bookTicker],
  ['order.place', placeOrder],
  ['order.test', testOrder],
  ['order.status', queryOrder],
  ['order.cancel', cancelOrder],
  ['order.cancelReplace', cancelReplace],
  ['openOrders.status', openOrders],
  ['openOrders.cancelAll', cancelOpenOrders],
  ['allOrders', allOrders],
  ['myTrades', myTrades],
  ['account.status', account],
  ['account.commission', commission],
  ['account.rateLimits.orders', orderRateLimits],
]);
