import { binance } from './binance.ts';
import type { VenueProfile } from './profile.ts';

/** One line a venue. */
const PROFILES: Record<string, VenueProfile> = { Binance: binance };

/** The profile behind an exchange's name as accounts and bots carry it, or null where no adapter serves it. */
export function profileOf(exchange: string): VenueProfile | null {
  return Object.hasOwn(PROFILES, exchange) ? PROFILES[exchange]! : null;
}

/** The exchanges that an adapter serves. */
export const SERVED: readonly string[] = Object.keys(PROFILES);
