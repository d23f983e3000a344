import type { Logger } from 'pino';
import type { CommandContext, IdentityContext } from '../api/commands/context.ts';
import type { AddressContext } from '../api/commands/deposit-address.ts';
import type { BalanceContext } from '../api/commands/read-balance.ts';
import type { WithdrawalContext } from '../api/commands/request-withdrawal.ts';

/** All that the bot needs of the world. `runtime` makes them. */
export interface TelegramDependencies
  extends
    Pick<CommandContext, 'knex' | 'bots' | 'settings'>,
    Pick<BalanceContext, 'accounts'>,
    Pick<AddressContext, 'deposits'>,
    Pick<WithdrawalContext, 'withdrawals'> {
  /** From @BotFather. */
  token: string;
  /** Where Telegram is, no last slash (`TELEGRAM_API_URL`). */
  apiUrl: string;
  identity: IdentityContext['identity'];
  log: Logger;
  /** Whose everything is that nobody signed in for. */
  defaultOwnerId: string;
  /** How many updates of one person are heard in a minute; 60 unless said. */
  updatesPerMinute?: number;
  /** Of those who run the installation; a person's own chat may command what is the default owner's (`TELEGRAM_CHAT_ID`). */
  operatorsChat: number | null;
}
