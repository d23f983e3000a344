import { z } from 'zod';
import { commandBot, type Ask } from '../../commands/command-bot.ts';
import { stopAllBots } from '../../commands/stop-all-bots.ts';
import { answer, route } from '../../route.ts';
import { bot } from './bot-schemas.ts';
import { botPath, count } from './fields.ts';
import { presentBot } from './present.ts';

const tag = 'Commands';

const stopAll = route({
  method: 'post',
  path: '/bots/stop-all',
  policy: 'owner',
  tag,
  summary: 'Stop every running bot',
  responses: {
    200: z
      .strictObject({ message: z.string(), count })
      .meta({ id: 'StopAll', example: { message: 'Stopped 2 bots', count: 2 } }),
  },
  refusals: ['unavailable'],
  async handler({ owner, log }, dependencies) {
    const stopped = await stopAllBots({ ...dependencies, owner, log: log() });
    return answer(200, { message: `Stopped ${stopped} bots`, count: stopped });
  },
});

const stop = route({
  method: 'post',
  path: '/bots/{bot_id}/stop',
  policy: 'owner',
  tag,
  summary: 'Stop a bot',
  description:
    'The waiting order is cancelled. The position is kept unless `mode` says otherwise: `close` sells or buys it back at market, `finish` first ends the running round.',
  params: botPath,
  query: z.object({ mode: z.enum(['keep', 'close', 'finish']).default('keep') }),
  responses: { 200: bot },
  refusals: ['bot_not_found', 'unavailable'],
  async handler({ params, query, owner, log }, dependencies) {
    const ask: Ask = { name: 'stop', mode: query.mode };
    const stopped = await commandBot(params.bot_id, ask, { ...dependencies, owner, log: log() });
    return answer(200, presentBot(stopped));
  },
});

const plainCommand = (name: 'start' | 'toggle' | 'pause' | 'resume', summary: string, description: string) =>
  route({
    method: 'post',
    path: `/bots/{bot_id}/${name}`,
    policy: 'owner',
    tag,
    summary,
    description,
    params: botPath,
    responses: { 200: bot },
    refusals: ['bot_not_found', 'command_refused', 'unavailable'],
    async handler({ params, owner, log }, dependencies) {
      const commanded = await commandBot(params.bot_id, { name }, { ...dependencies, owner, log: log() });
      return answer(200, presentBot(commanded));
    },
  });

export const botCommandRoutes = [
  stopAll,
  plainCommand('start', 'Start a bot', 'Goes on with the side that is due. No effect on one that runs.'),
  stop,
  plainCommand(
    'toggle',
    'Start a stopped bot or stop a running one',
    'Decided by the bot on the status it has then.',
  ),
  plainCommand('pause', 'Pause a bot', 'It opens nothing more and may still close what it holds.'),
  plainCommand('resume', 'Let a paused bot go on', 'No effect on one that runs.'),
];
