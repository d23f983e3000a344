import { z } from 'zod';
import { isTelegramOn, switchTelegram } from '../../commands/switch-telegram.ts';
import { answer, route } from '../../route.ts';

const tag = 'Telegram';

const connection = z
  .strictObject({ connected: z.boolean() })
  .meta({ id: 'TelegramConnection', example: { connected: true } });

const status = route({
  method: 'get',
  path: '/telegram/status',
  policy: 'owner',
  tag,
  summary: 'Whether messages are sent to your chat',
  description: 'Without sign-in: to the chat that TELEGRAM_CHAT_ID names.',
  responses: { 200: connection },
  async handler({ caller }, dependencies) {
    return answer(200, {
      connected: await isTelegramOn({ ...dependencies, userId: caller?.userId ?? null }),
    });
  },
});

const turn = (name: 'connect' | 'disconnect', summary: string) =>
  route({
    method: 'post',
    path: `/telegram/${name}`,
    policy: 'owner',
    tag,
    summary,
    responses: { 200: connection },
    refusals: ['telegram_not_linked'],
    async handler({ caller }, dependencies) {
      const context = { ...dependencies, userId: caller?.userId ?? null };
      return answer(200, { connected: await switchTelegram(name === 'connect', context) });
    },
  });

export const telegramRoutes = [
  status,
  turn('connect', 'Have messages sent to your chat'),
  turn('disconnect', 'Have no messages sent to your chat'),
];
