import type { Knex } from 'knex';

/** Who has been asked: that person on Telegram, while they are that user. */
export interface Asked {
  telegramId: number;
  userId: string;
}

/** What a person is to write next: a two-factor code, or a reason. */
type InWords = 'code' | 'reason';

interface NewAsk<T extends object> extends Asked {
  /** A press of its button, or words of the person: of those only the newest is waited for. */
  awaits: 'press' | InWords;
  /** JSON. */
  what: T;
  now: Date;
  /** ms. */
  goodFor: number;
}

/** Something in a chat that waits for the person; returns its id. What they were asked before and is over is forgotten. */
export async function keepAsk<T extends object>(
  knex: Knex,
  { telegramId, userId, awaits, what, now, goodFor }: NewAsk<T>,
): Promise<string> {
  const expires_at = new Date(now.getTime() + goodFor);
  return knex.transaction(async (tx) => {
    const others = tx('telegram_asks').where({ telegram_id: telegramId });
    await others.clone().where('expires_at', '<', now).delete();
    if (awaits !== 'press') await others.clone().whereNot({ awaits: 'press' }).delete();
    const row = { telegram_id: telegramId, user_id: userId, awaits, what: JSON.stringify(what), expires_at };
    const [{ id }] = (await tx('telegram_asks').insert(row).returning('id')) as [{ id: string }];
    return id;
  });
}

/**
 * What is to be done now that its button is pressed. Null where it is too late, was asked of somebody else, or another update has
 * pressed before: of two at once one alone is told.
 */
export async function takePressed<T extends object>(
  knex: Knex,
  { id, telegramId, userId, update }: Asked & { id: string; update: number },
  now: Date,
): Promise<T | null> {
  const [taken] = (await open(knex, { telegramId, userId }, now)
    .where({ id, awaits: 'press' })
    .where((row) => row.whereNull('answered_by').orWhere('answered_by', update))
    .update({ answered_by: update })
    .returning('what')) as { what: T }[];
  return taken?.what ?? null;
}

/** What a button is for that may be pressed again; null as of `takePressed`. */
export async function findPressed<T extends object>(
  knex: Knex,
  { id, ...asked }: Asked & { id: string },
  now: Date,
): Promise<T | null> {
  const found = await open(knex, asked, now)
    .where({ id, awaits: 'press' })
    .first<{ what: T } | undefined>('what');
  return found?.what ?? null;
}

/** What waits for such words of the person. */
export async function findAwaiting<T extends object>(
  knex: Knex,
  { awaits, ...asked }: Asked & { awaits: InWords },
  now: Date,
): Promise<{ id: string; what: T } | undefined> {
  return open(knex, asked, now).where({ awaits }).first('id', 'what');
}

export async function forgetAsk(knex: Knex, id: string): Promise<void> {
  await knex('telegram_asks').where({ id }).delete();
}

function open(knex: Knex, { telegramId, userId }: Asked, now: Date): Knex.QueryBuilder {
  return knex('telegram_asks')
    .where({ telegram_id: telegramId, user_id: userId })
    .where('expires_at', '>', now);
}
