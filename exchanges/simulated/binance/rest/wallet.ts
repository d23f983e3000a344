import { type Endpoint, open, reading, type Venue } from '../venue.ts';
import { eightDecimals } from '../present-order.ts';

/** Coins of `GET /sapi/v1/capital/config/getall`: every asset traded here. Nothing can be deposited or withdrawn. */
export const coins = reading(10, (venue, _parameters, { id }) => {
  const balances = new Map(venue.engine.balances(id).map((balance) => [balance.asset, balance]));
  return [...assets(venue)].map((asset) => ({
    coin: asset,
    depositAllEnable: false,
    withdrawAllEnable: false,
    name: asset,
    free: eightDecimals(balances.get(asset)?.free ?? null),
    locked: eightDecimals(balances.get(asset)?.locked ?? null),
    freeze: '0',
    withdrawing: '0',
    ipoing: '0',
    ipoable: '0',
    storage: '0',
    isLegalMoney: false,
    trading: true,
    networkList: [],
  }));
});

export const tradeFees = reading(1, (venue, parameters, { makerFee, takerFee }) => {
  const symbol = parameters.optionalSymbol();
  const rules = symbol === null ? venue.allRules() : [venue.rules(symbol)];
  return rules.map((each) => ({ symbol: each.symbol, makerCommission: makerFee, takerCommission: takerFee }));
});

/** What the key that signs may do (Wallet API docs, "Get API Key Permission"). When it was made is not known here. */
export const keyRestrictions = reading(1, (_venue, _parameters, _account, { permissions, ips }) => ({
  ipRestrict: ips.length > 0,
  createTime: 0,
  enableReading: permissions.read,
  enableSpotAndMarginTrading: permissions.trade,
  enableWithdrawals: permissions.withdraw,
  enableInternalTransfer: false,
  enableMargin: false,
  enableFutures: false,
  permitsUniversalTransfer: false,
  enableVanillaOptions: false,
  enableFixApiTrade: false,
  enableFixReadOnly: false,
  enablePortfolioMarginTrading: false,
}));

export const systemStatus = open(1, () => ({ status: 0, msg: 'normal' }));

/** Neither margin pairs nor derivatives are traded here; clients that load all of Binance's markets get empty lists. */
export const noMarginPairs: Endpoint = {
  security: 'API_KEY',
  weight: 1,
  answer(_venue, parameters) {
    parameters.ignore('timestamp', 'recvWindow', 'signature', 'symbol');
    return [];
  },
};

export const noContracts = open(1, (venue) => ({
  timezone: 'UTC',
  serverTime: venue.now(),
  rateLimits: [],
  exchangeFilters: [],
  assets: [],
  symbols: [],
}));

function assets(venue: Venue): Set<string> {
  return new Set(venue.allRules().flatMap((rules) => [rules.base, rules.quote]));
}
