import { z } from 'zod';
import { commandFundBot, type FundAsk } from '../../commands/command-fund-bot.ts';
import { answer, route } from '../../route.ts';
import { botState } from './bot-schemas.ts';
import { success } from './fields.ts';
import { presentState } from './present.ts';

const answered = z.strictObject({ success: z.literal(true), message: z.string(), status: botState });

const command = (name: FundAsk, message: string, summary: string, description: string) =>
  route({
    method: 'post',
    path: `/bot/${name}`,
    policy: 'admin',
    tag: 'Control',
    summary,
    description,
    responses: { 200: answered },
    refusals: ['bot_not_found', 'command_refused'],
    async handler({ caller }, dependencies) {
      const bot = await commandFundBot(name, { ...dependencies, by: caller.userId });
      return answer(200, { success, message, status: presentState(bot) });
    },
  });

export const botCommandRoutes = [
  command(
    'start',
    'Bot started successfully',
    'Start the bot',
    'From an error too, whose count begins anew. No effect on one that runs; one that is paused is resumed instead.',
  ),
  command(
    'stop',
    'Bot stopped successfully',
    'Stop the bot',
    'The waiting order is cancelled; what it holds is kept, and stays part of the fund. No effect on one that is stopped.',
  ),
  command(
    'pause',
    'Bot paused successfully',
    'Pause the bot',
    'It opens nothing more and may still close what it holds. Refused unless it runs.',
  ),
  command('resume', 'Bot resumed successfully', 'Let the paused bot go on', 'Refused unless it is paused.'),
];
