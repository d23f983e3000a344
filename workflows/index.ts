export { bot } from './bot.ts';
export { retention, sweep } from './upkeep.ts';
export { withdrawal } from './withdrawal.ts';
