import type { BotStatus } from '../lifecycle.ts';

/** The fund's words for how its bot is (`fund-integration`, Q5). */
export const FUND_BOT_STATES = ['stopped', 'running', 'paused', 'error'] as const;
export type FundBotState = (typeof FUND_BOT_STATES)[number];

/** So many failures of the exchange in a row are told as an error. The bot goes on trying, and runs again once it answers. */
export const ERRORS = 3;

const WORDS = { STOPPED: 'stopped', ACTIVE: 'running', PAUSED: 'paused', ERROR: 'error' } as const;

export function fundBotState({ status, failures }: { status: BotStatus; failures: number }): FundBotState {
  return status === 'ACTIVE' && failures >= ERRORS ? 'error' : WORDS[status];
}
