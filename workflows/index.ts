export { bot } from './bot.ts';
export { deposit } from './deposit.ts';
export { fund } from './fund.ts';
export { depositAddress, depositMonitor, solvency, valuation } from './treasury.ts';
export { digest, retention, sweep, withdrawalStarter } from './upkeep.ts';
export { withdrawal } from './withdrawal.ts';
