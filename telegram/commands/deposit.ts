import { InlineKeyboard } from 'grammy';
import { depositAddress } from '../../api/commands/deposit-address.ts';
import { chatCommand, type ChatCommand } from '../chat-command.ts';
import type { UserContext } from '../context.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { escaped, plain } from '../format.ts';
import type { Translated } from '../languages.ts';

/** Where the person pays into the fund, on the network they choose. */
export function deposit({ knex, deposits, settings }: TelegramDependencies): ChatCommand {
  const { networks, minDeposit, currency } = settings.fund;

  async function answer(ctx: UserContext, named: string): Promise<unknown> {
    const { which, warning, tagged } = TEXTS[ctx.language];
    const network = networks.find((each) => each.toLowerCase() === named.toLowerCase());
    if (network === undefined) {
      const buttons = new InlineKeyboard();
      for (const each of networks) buttons.text(each, `deposit:${each}`);
      return ctx.reply(which, { reply_markup: buttons });
    }
    const caller = { userId: ctx.user.id };
    const { address, tag } = await depositAddress({ network }, { knex, deposits, settings, caller });
    const lines = [
      `${currency} - ${network}`,
      `<code>${escaped(address)}</code>`,
      ...(tag === null ? [] : [`${tagged} <code>${escaped(tag)}</code>`]),
      warning({ least: plain(minDeposit), currency, network }),
    ];
    return ctx.reply(lines.join('\n'), { parse_mode: 'HTML' });
  }

  return chatCommand({
    name: 'deposit',
    description: { en: 'Where you pay into the fund: /deposit ETH', ko: '펀드 입금 주소: /deposit ETH' },
    handler: (ctx) => answer(ctx, ctx.match.trim()),
    pressed: { deposit: (ctx) => answer(ctx, ctx.match) },
  });
}

interface Texts {
  which: string;
  tagged: string;
  warning(of: { least: string; currency: string; network: string }): string;
}

const TEXTS: Translated<Texts> = {
  en: {
    ...{ which: 'On which network?', tagged: 'Give this tag with it:' },
    warning: ({ least, currency, network }) =>
      `Send ${currency} on ${network} only. Less than ${least} ${currency} gets no units.`,
  },
  ko: {
    ...{ which: '어떤 네트워크인가요?', tagged: '태그를 함께 입력하세요:' },
    warning: ({ least, currency, network }) =>
      `${network} 네트워크의 ${currency}만 보내세요. ${least} ${currency} 미만은 좌수가 배정되지 않습니다.`,
  },
};
