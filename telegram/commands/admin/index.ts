import { Composer, type Filter } from 'grammy';
import { answeredWithCode } from '../../admin-code.ts';
import { mayAsk, type ChatCommand } from '../../chat-command.ts';
import type { ChatContext, UserContext } from '../../context.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { approvals } from './approvals.ts';
import { approve, carryOutApproval } from './approve.ts';
import { carryOutSwitch, killSwitch, type Switching } from './kill-switch.ts';
import { answeredWithReason, carryOutRejection, reject, type Rejection } from './reject.ts';
import type { Shown } from './show-withdrawal.ts';
import { users } from './users.ts';

/** What admins alone may ask. */
export function administration(deps: TelegramDependencies): ChatCommand[] {
  return [approvals, approve, reject, killSwitch, users].map((command) => command(deps));
}

type Decided = Shown | Rejection | Switching;

/** Hears the codes that admins were asked for, in a message of their own. */
export function codes(deps: TelegramDependencies): Composer<ChatContext> {
  const composer = new Composer<ChatContext>();
  const admins = composer.filter((ctx): ctx is UserContext => mayAsk(ctx, ['admin']));
  admins.on('message:text', async (ctx, next) => {
    const decide = (what: Decided, code: string, key: string) => carryOut(ctx, deps, { what, code, key });
    if (!(await answeredWithCode(ctx, deps, decide))) await next();
  });
  return composer;
}

/** Hears the reasons that admins were asked for; after the commands, whose buttons are words too. */
export function reasons(deps: TelegramDependencies): Composer<ChatContext> {
  const composer = new Composer<ChatContext>();
  const admins = composer.filter((ctx): ctx is UserContext => mayAsk(ctx, ['admin']));
  admins.on('message:text', async (ctx, next) => {
    if (!(await answeredWithReason(ctx, deps))) await next();
  });
  return composer;
}

function carryOut(
  ctx: Filter<UserContext, 'message:text'>,
  deps: TelegramDependencies,
  { what, ...shown }: { what: Decided; code: string; key: string },
): Promise<void> {
  switch (what.name) {
    case 'approve':
      return carryOutApproval(ctx, deps, { what, ...shown });
    case 'reject':
      return carryOutRejection(ctx, deps, { what, ...shown });
    case 'switch':
      return carryOutSwitch(ctx, deps, { what, ...shown });
  }
}
