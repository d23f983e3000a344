import { GrammyError, InlineKeyboard } from 'grammy';
import { chatCommand, type ChatCommand, type Declaration } from './chat-command.ts';
import type { UserContext } from './context.ts';

interface PagedDeclaration extends Omit<Declaration, 'handler' | 'pressed'> {
  /** Whether something may follow it; what does is ignored otherwise. Buttons carry it, in 64 bytes with all else. */
  takesArgument?: true;
  /** The answer in HTML, at least one page; `argument` is what follows the command. Throws what it cannot make sense of. */
  pages(ctx: UserContext, argument: string): Promise<readonly string[]>;
}

/**
 * A command whose answer is turned over page by page, by buttons below it. A page is asked for anew whenever it is turned to:
 * it is of the moment, and of whoever presses.
 */
export function pagedCommand({ pages, takesArgument, ...declared }: PagedDeclaration): ChatCommand {
  const { name } = declared;
  return chatCommand({
    ...declared,
    async handler(ctx) {
      const argument = takesArgument ? ctx.match.trim() : '';
      const all = await pages(ctx, argument);
      await ctx.reply(all[0]!, formOf({ name, argument, page: 0, last: all.length - 1 }));
    },
    pressed: {
      async [name](ctx) {
        const [argument = '', asked = ''] = ctx.match.split(':');
        const all = await pages(ctx, argument);
        const last = all.length - 1;
        const page = Math.min(Math.max(Number.parseInt(asked, 10) || 0, 0), last);
        await ctx.editMessageText(all[page]!, formOf({ name, argument, page, last })).catch(unlessTheSame);
      },
    },
  });
}

/** Lists in pages of so many. */
export function inPages<T>(all: readonly T[], size: number): T[][] {
  const count = Math.max(1, Math.ceil(all.length / size));
  return Array.from({ length: count }, (_, at) => all.slice(at * size, (at + 1) * size));
}

function formOf({
  name,
  argument,
  page,
  last,
}: {
  name: string;
  argument: string;
  page: number;
  last: number;
}) {
  const buttons = new InlineKeyboard();
  if (page > 0) buttons.text('◀', `${name}:${argument}:${page - 1}`);
  if (page < last) buttons.text(`${page + 1}/${last + 1} ▶`, `${name}:${argument}:${page + 1}`);
  return { parse_mode: 'HTML', ...(last > 0 && { reply_markup: buttons }) } as const;
}

/** Pressed twice, it shows what it is to show already. */
function unlessTheSame(error: unknown): void {
  if (!(error instanceof GrammyError && error.description.includes('message is not modified'))) throw error;
}
