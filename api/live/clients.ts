import { EVERYBODY } from '../../db/bots.ts';
import type { PlacedEvent } from '../../db/event-stream.ts';
import type { Client } from './client.ts';

/** The WebSockets that are open at this process, by whose events they are told. */
export class Clients {
  readonly #byUser = new Map<string | typeof EVERYBODY, Set<Client>>();
  /** The fund's own bot has doors of its own: who is told everybody's events is not told these. */
  fundOwner: string | null = null;

  add(client: Client): void {
    const { userId } = client.listener.rows;
    const own = this.#byUser.get(userId) ?? new Set();
    this.#byUser.set(userId, own.add(client));
  }

  remove(client: Client): void {
    const { userId } = client.listener.rows;
    const own = this.#byUser.get(userId);
    own?.delete(client);
    if (own?.size === 0) this.#byUser.delete(userId);
  }

  *all(): Generator<Client> {
    for (const own of this.#byUser.values()) yield* own;
  }

  /** Those who are told of what is that user's, or nobody's. */
  *hearing({ user_id }: Pick<PlacedEvent, 'user_id'>): Generator<Client> {
    if (user_id !== null) yield* this.#byUser.get(user_id) ?? [];
    if (user_id === null || user_id !== this.fundOwner) yield* this.#byUser.get(EVERYBODY) ?? [];
  }

  openTo(userId: string): number {
    return this.#byUser.get(userId)?.size ?? 0;
  }
}
