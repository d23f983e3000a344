import type { Knex } from 'knex';
import type { PlacedEvent } from '../../db/event-stream.ts';
import type { BotRow } from '../../db/rows.ts';
import type { Form } from './forms/form.ts';
import type { Outgoing } from './message.ts';

/** The events of a batch in the forms it was made for. */
export interface Written {
  /** Undefined for an event or a form it was not made for; null where the form does not tell of the event. */
  of(event: PlacedEvent, form: Form): Outgoing | null | undefined;
}

/** Writes each event once a form, when it is first asked for; the rows of bots that are needed are read here, all at once. */
export async function writeEvents(
  knex: Knex,
  events: readonly PlacedEvent[],
  forms: ReadonlySet<Form>,
): Promise<Written> {
  const bots = await readBots(knex, events, forms);
  const known = new Set(events);
  const written = new Map<Form, Map<PlacedEvent, Outgoing | null>>(
    [...forms].map((form) => [form, new Map()]),
  );
  return {
    of(event, form) {
      const own = written.get(form);
      if (!own || !known.has(event)) return undefined;
      let message = own.get(event);
      if (message === undefined) own.set(event, (message = write(event, form, bots)));
      return message;
    },
  };
}

function write(event: PlacedEvent, form: Form, bots: Map<string, BotRow>): Outgoing | null {
  const { bot_id: botId, position: cursor } = event;
  const told = form.present(event, bots.get(botId ?? ''));
  if (!told) return null;
  const message = { type: told.type, cursor, bot_id: botId, data: told.data };
  return {
    ...{ cursor, botId, key: null },
    text: JSON.stringify({ ...message, timestamp: event.created_at.toISOString() }),
  };
}

async function readBots(
  knex: Knex,
  events: readonly PlacedEvent[],
  forms: ReadonlySet<Form>,
): Promise<Map<string, BotRow>> {
  const needed = events.filter(({ type }) => [...forms].some((form) => form.needsBot(type)));
  const ids = [...new Set(needed.map(({ bot_id }) => bot_id).filter((id) => id !== null))];
  const rows: BotRow[] = ids.length === 0 ? [] : await knex('bots').whereIn('id', ids);
  return new Map(rows.map((row) => [row.id, row]));
}
