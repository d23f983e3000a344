import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from './people.ts';
import type { Stack } from './stack.ts';

/** What `GET /bot/portfolio` answers, as far as it is read here; `fund` for admins. */
export interface Portfolio {
  units: number;
  locked_units: number;
  nav_per_unit: number;
  value: number;
  total_deposited: number;
  total_withdrawn: number;
  profit_loss: number;
  fund: { total_units: number; total_value: number; nav_per_unit: number };
}

/** Everybody in the story. */
export interface Cast {
  ada: Person;
  ben: Person;
  cleo: Person;
  /** An admin. */
  grace: Person;
}

/** What every part of the story has. */
export interface Scene extends Cast {
  stack: Stack;
}

const PAUSE_MS = 200;
const PATIENCE_MS = 60_000;

export function portfolioOf(person: Person): Promise<Portfolio> {
  return person.get<Portfolio>('/bot/portfolio');
}

/** Asks until there is something. Throws after a minute with `what` it waited for. */
export async function until<T>(what: string, ask: () => Promise<T | false | null | undefined>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`Within a minute there was no ${what}`);
    await sleep(PAUSE_MS);
  }
}
