/** The exchanges a bot may name. `CoinDCX F` is CoinDCX Futures. */
export const EXCHANGES = ['Binance', 'CoinDCX F'] as const;
