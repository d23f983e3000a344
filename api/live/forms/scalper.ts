import type { PlacedEvent } from '../../../db/event-stream.ts';
import type { LogLevel } from '../../../db/models/activity-log.ts';
import { presentBot, presentLog } from '../../contracts/scalper/present.ts';
import type { Form } from './form.ts';

/** `/ws` below the scalper's prefix: bots and logs, each as the contract's routes answer them. */
export const scalperForm: Form = {
  name: 'scalper',
  tellsLogs: true,
  tellsSessions: false,
  needsBot: (type) => type.startsWith('bot.') && type !== 'bot.deleted',
  present(event, bot) {
    if (event.type === 'log') return { type: 'log', data: presentLog(logOf(event)) };
    if (event.type === 'bot.deleted') return { type: 'bot_deleted', data: { id: event.bot_id } };
    // Deleted since: the message that says so comes after this one.
    return event.type.startsWith('bot.') && bot ? { type: 'bot_update', data: presentBot(bot) } : null;
  },
};

/** The line as the trigger of migration 0071 tells it. */
function logOf({ bot_id, user_id, payload }: PlacedEvent): Parameters<typeof presentLog>[0] {
  return {
    ...{ id: String(payload['id']), bot_id, user_id, level: payload['level'] as LogLevel },
    ...{ message: String(payload['message']), timestamp: new Date(String(payload['timestamp'])) },
    extra_data: null,
  };
}
