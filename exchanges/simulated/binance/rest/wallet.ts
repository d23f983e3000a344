import { type Endpoint, open, reading } from '../venue.ts';

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
  enableInternalTransfer: permissions.transfer === true,
  enableMargin: false,
  enableFutures: false,
  permitsUniversalTransfer: permissions.transfer === true,
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
