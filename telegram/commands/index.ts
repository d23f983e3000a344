import type { ChatCommand } from '../chat-command.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { administration } from './admin/index.ts';
import { balance } from './balance.ts';
import { bots } from './bots.ts';
import { chart } from './chart.ts';
import { daily } from './daily.ts';
import { deposit } from './deposit.ts';
import { health } from './health.ts';
import { help } from './help.ts';
import { language } from './language.ts';
import { performance } from './performance.ts';
import { monthly, weekly } from './periods.ts';
import { positions } from './positions.ts';
import { profit } from './profit.ts';
import { start } from './start.ts';
import { stats } from './stats.ts';
import { status } from './status.ts';
import { timezone } from './timezone.ts';
import { trades } from './trades.ts';
import { nav, units } from './units.ts';
import { unlink } from './unlink.ts';
import { why } from './why.ts';
import { notify } from './notify.ts';
import { steering } from './steering/index.ts';

/** Everything that can be asked of the bot, in the order of /help. */
export function chatCommands(deps: TelegramDependencies): readonly ChatCommand[] {
  const all = () => commands;
  const commands: ChatCommand[] = [
    start(deps, all),
    ...[daily, profit, status, positions, performance, trades].map((one) => one(deps)),
    ...[weekly, monthly, chart, bots, why, stats, balance, nav, units, deposit].map((one) => one(deps)),
    ...steering(deps),
    ...administration(deps),
    ...[health(deps), notify(deps), language(deps, all), timezone(deps), unlink(deps), help(deps, all)],
  ];
  return commands;
}
