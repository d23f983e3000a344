import { Keyboard } from 'grammy';
import { mayAsk, type ChatCommand } from './chat-command.ts';
import type { ChatContext } from './context.ts';

const IN_A_ROW = 2;

/** The buttons in the place of letters: the commands that have one, by their labels in the person's language. */
export function keyboardOf(ctx: ChatContext, commands: readonly ChatCommand[]): Keyboard {
  const keyboard = new Keyboard().resized().persistent();
  const labelled = commands.filter(({ roles, button }) => button && mayAsk(ctx, roles));
  for (const [place, { button }] of labelled.entries()) {
    if (place > 0 && place % IN_A_ROW === 0) keyboard.row();
    keyboard.text(button![ctx.language]);
  }
  return keyboard;
}
