/** Numbers that look random and are the same for the same seed and name, on every machine. */
export interface Random {
  /** From 0 (included) to 1 (not). */
  next(): number;
  /** Normally distributed: mean 0, deviation 1. */
  normal(): number;
}

/** One stream for each name, so that one market more does not change the tape of the others. */
export function createRandom(seed: number, name: string): Random {
  const next = mulberry32(hash(`${seed}:${name}`));
  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** Tommy Ettinger's Mulberry32. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
