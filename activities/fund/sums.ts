import { Decimal, type Amount } from '../../bots/money.ts';

/** Amounts added up by place and asset. */
export class Sums {
  readonly #sums = new Map<string, Decimal>();

  add(place: string, asset: string, amount: Amount): void {
    const key = Sums.key(place, asset);
    this.#sums.set(key, this.of(key).add(amount));
  }

  subtract(place: string, asset: string, amount: Amount): void {
    this.add(place, asset, new Decimal(amount).neg().toFixed());
  }

  of(key: string): Decimal {
    return this.#sums.get(key) ?? new Decimal(0);
  }

  keys(): Iterable<string> {
    return this.#sums.keys();
  }

  static key(place: string, asset: string): string {
    return `${place} ${asset}`;
  }

  static read(key: string): { place: string; asset: string } {
    const [place = '', asset = ''] = key.split(' ');
    return { place, asset };
  }
}
