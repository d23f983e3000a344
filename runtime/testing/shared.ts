import type { Scope } from './database.ts';

/**
 * One of something for all the tests of a file that leave it as they find it: made when the first asks, ended with the
 * last that has asked. `t` of `make` stands for all of them.
 */
export function shared<T>(make: (t: Scope) => Promise<T>): (t: Scope) => Promise<T> {
  let current: { made: Promise<T>; ends: (() => unknown)[]; users: number } | null = null;
  return (t) => {
    if (!current) {
      const ends: (() => unknown)[] = [];
      current = { made: make({ teardown: (end) => ends.push(end) }), ends, users: 0 };
    }
    const used = current;
    used.users++;
    t.teardown(async () => {
      if (--used.users > 0) return;
      if (current === used) current = null;
      for (const end of used.ends.toReversed()) await end();
    });
    return used.made;
  };
}
