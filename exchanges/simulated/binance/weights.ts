import { banned, tooManyOrders, tooMuchWeight } from './errors.ts';

/** What one address and one account may do (`exchangeInfo.rateLimits`). */
export interface RateLimits {
  weightPerMinute: number;
  ordersPerTenSeconds: number;
  ordersPerDay: number;
  /** Requests sent in spite of 429, within one minute, that end in a ban. */
  violationsBeforeBan: number;
  /** The first ban, ms; each further one is twice as long, up to three days. */
  firstBanMs: number;
}

/** As `GET /api/v3/exchangeInfo` published them for Spot in 2025. */
export const BINANCE_RATE_LIMITS: RateLimits = {
  weightPerMinute: 6_000,
  ordersPerTenSeconds: 100,
  ordersPerDay: 200_000,
  violationsBeforeBan: 10,
  firstBanMs: 120_000,
};

const MINUTE = 60_000;
const TEN_SECONDS = 10_000;
const DAY = 86_400_000;
const LONGEST_BAN = 3 * DAY;
/** Addresses are forgotten past this many, oldest first: a flood of addresses does not fill the memory. */
const MOST_ADDRESSES = 10_000;

interface Address {
  minute: number;
  weight: number;
  violations: number;
  bans: number;
  bannedUntil: number;
}

interface OrderCount {
  tenSeconds: number;
  inTenSeconds: number;
  day: number;
  inDay: number;
}

/** Counts request weight by address and unfilled orders by account, in windows aligned with the clock as Binance's are. */
export class Weights {
  readonly limits: RateLimits;
  readonly #addresses = new Map<string, Address>();
  readonly #orders = new Map<string, OrderCount>();

  constructor(limits: RateLimits) {
    this.limits = limits;
  }

  /** Throws the 418 while an address is banned. */
  checkBan(ip: string, now: number): void {
    const address = this.#addresses.get(ip);
    if (address !== undefined && address.bannedUntil > now) {
      throw banned(address.bannedUntil, Math.ceil((address.bannedUntil - now) / 1000));
    }
  }

  /** Adds to the address' weight and returns what it has used this minute. Throws 429 beyond the limit, 418 after repeated violations. */
  charge(ip: string, weight: number, now: number): number {
    this.checkBan(ip, now);
    const address = this.#address(ip, now);
    address.weight += weight;
    if (address.weight <= this.limits.weightPerMinute) return address.weight;
    address.violations += 1;
    if (address.violations > this.limits.violationsBeforeBan) this.ban(ip, now);
    this.checkBan(ip, now);
    throw tooMuchWeight(this.limits.weightPerMinute, Math.ceil((MINUTE - (now % MINUTE)) / 1000));
  }

  /** Bans an address, for `ms` or as after repeated violations: each ban twice as long as the one before. */
  ban(ip: string, now: number, ms?: number): void {
    const address = this.#address(ip, now);
    address.bannedUntil = now + (ms ?? Math.min(this.limits.firstBanMs * 2 ** address.bans, LONGEST_BAN));
    address.bans += 1;
    address.violations = 0;
  }

  used(ip: string, now: number): number {
    return this.#address(ip, now).weight;
  }

  /** Throws -1015 where the account may place no more orders in a window. */
  checkOrders(accountId: string, now: number): void {
    const count = this.orders(accountId, now);
    const { ordersPerTenSeconds, ordersPerDay } = this.limits;
    if (count.inTenSeconds >= ordersPerTenSeconds) throw tooManyOrders(ordersPerTenSeconds, '10 SECOND');
    if (count.inDay >= ordersPerDay) throw tooManyOrders(ordersPerDay, '1 DAY');
  }

  addOrder(accountId: string, now: number): void {
    const count = this.orders(accountId, now);
    count.inTenSeconds += 1;
    count.inDay += 1;
  }

  /** An order's first fill takes it off the count: only unfilled orders count. */
  removeOrder(accountId: string, now: number): void {
    const count = this.orders(accountId, now);
    count.inTenSeconds = Math.max(0, count.inTenSeconds - 1);
    count.inDay = Math.max(0, count.inDay - 1);
  }

  forgetAccount(accountId: string): void {
    this.#orders.delete(accountId);
  }

  /** The account's unfilled orders in the windows that contain `now`. */
  orders(accountId: string, now: number): Readonly<OrderCount> & OrderCount {
    let count = this.#orders.get(accountId);
    if (count === undefined) {
      count = { tenSeconds: 0, inTenSeconds: 0, day: 0, inDay: 0 };
      this.#orders.set(accountId, count);
    }
    const tenSeconds = Math.floor(now / TEN_SECONDS);
    if (count.tenSeconds !== tenSeconds) {
      count.tenSeconds = tenSeconds;
      count.inTenSeconds = 0;
    }
    const day = Math.floor(now / DAY);
    if (count.day !== day) {
      count.day = day;
      count.inDay = 0;
    }
    return count;
  }

  #address(ip: string, now: number): Address {
    let address = this.#addresses.get(ip);
    if (address === undefined) {
      if (this.#addresses.size >= MOST_ADDRESSES) {
        for (const oldest of this.#addresses.keys()) {
          this.#addresses.delete(oldest);
          break;
        }
      }
      address = { minute: 0, weight: 0, violations: 0, bans: 0, bannedUntil: 0 };
      this.#addresses.set(ip, address);
    }
    const minute = Math.floor(now / MINUTE);
    if (address.minute !== minute) {
      address.minute = minute;
      address.weight = 0;
      address.violations = 0;
    }
    return address;
  }
}
