import { randomBytes } from 'node:crypto';
import { base32crockford } from '@scure/base';
import {
  claimLinkCode,
  confirmLink,
  deleteLink,
  keepLinkCode,
  type TelegramLink,
  type TelegramPerson,
} from '../../db/telegram-links.ts';
import { readBotName } from '../../db/notification-settings.ts';
import { lockedUntil, recordFailure, type Budget, type Lockout } from '../../db/login-attempts.ts';
import { guardedAttempt, type AttemptContext } from '../auth/guarded-attempt.ts';
import type { Caller } from '../auth/caller.ts';
import { ApiError } from '../errors.ts';
import type { IdentityContext } from './context.ts';

/** What a user sends to the bot to say who they are. */
export interface LinkCode {
  /** `7K3M-X9QW-T2VH`: 60 bits, in letters and digits that nobody takes for each other. */
  code: string;
  expiresAt: Date;
  /** Opens the bot's chat with the code written already; null while the bot has never reached Telegram. */
  url: string | null;
}

const MINUTE_MS = 60_000;
const LIFETIME_MS = 10 * MINUTE_MS;

/** Wrong codes of one person on Telegram. */
const LOCKOUT: Lockout = { failures: 5, ms: 15 * MINUTE_MS };
/** Wrong codes of everybody there: nobody mistypes so many. */
const SIEGE: Lockout = { failures: 200, ms: 15 * MINUTE_MS };
/** While so many guess, each has one guess: many accounts there get no further than few, and who is right still gets in. */
const BESIEGED: Lockout = { failures: 1, ms: SIEGE.ms };

/** A code for the caller, in the place of one they had; it is shown once. */
export async function requestLinkCode(
  { userId }: Caller,
  { knex, identity }: Pick<IdentityContext, 'knex' | 'identity'>,
): Promise<LinkCode> {
  const code = newCode();
  const expiresAt = new Date(identity.now().getTime() + LIFETIME_MS);
  await keepLinkCode(knex, { userId, code: plainLinkCode(code), expiresAt });
  const bot = await readBotName(knex);
  const url = bot === null ? null : `https://t.me/${bot}?start=${code}`;
  return { code, expiresAt, url };
}

/**
 * Notes that a person on Telegram has sent a code, for the user who asked for it to confirm. False where it is nobody's, has
 * expired, or another has sent it. Five wrong codes lock out whoever sends them for 15 minutes, one while there are too many
 * of everybody; then the code is not looked at. Throws `locked_out`.
 */
export async function claimTelegram(
  { code, person }: { code: string; person: TelegramPerson },
  context: AttemptContext,
): Promise<boolean> {
  const { knex, identity, address } = context;
  const besieged = (await lockedUntil(knex, EVERYBODY_THERE, identity.now())) !== null;
  const isRight = await guardedAttempt(
    {
      ...{ budget: budgetOf(person), userId: null, lockout: besieged ? BESIEGED : LOCKOUT },
      ...{ refusal: 'locked_out', what: 'wrong codes' },
    },
    () => claimLinkCode(knex, plainLinkCode(code), person, identity.now()),
    context,
  );
  const failure = { budget: EVERYBODY_THERE, userId: null, address };
  if (!isRight) await recordFailure(knex, failure, SIEGE, identity.now());
  return isRight;
}

/** Makes whoever waits with that number the caller's. Throws `telegram_not_waiting`, also of who is another user's. */
export async function confirmTelegram(
  telegramId: number,
  { userId }: Caller,
  { knex, identity, address }: Pick<IdentityContext, 'knex' | 'identity' | 'address'>,
): Promise<TelegramLink> {
  const link = await confirmLink(knex, { userId, telegramId, address }, identity.now());
  if (!link)
    throw new ApiError(
      'telegram_not_waiting',
      'Nobody with that number who is free to be linked has sent your code in time. If the chat is linked to another account, send it /unlink; then ask for a code (POST /account/telegram/link) and send it to the bot.',
    );
  return link;
}

/** Throws `telegram_not_linked`. `address` is null where it is asked for in the chat. */
export async function unlinkTelegram(
  userId: string,
  { knex, address }: Pick<AttemptContext, 'knex' | 'address'>,
): Promise<void> {
  if (!(await deleteLink(knex, { userId, address })))
    throw new ApiError('telegram_not_linked', 'No chat is linked. POST /account/telegram/link links one.');
}

/** Without what people put between its parts, and with what they take its characters for. */
function plainLinkCode(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

function newCode(): string {
  const parts = base32crockford.encode(randomBytes(8)).match(/.{4}/g) ?? [];
  return parts.slice(0, 3).join('-');
}

const budgetOf = ({ id }: TelegramPerson): Budget => ({ email: '', source: `telegram:${id}` });
const EVERYBODY_THERE: Budget = { email: '', source: 'telegram' };
