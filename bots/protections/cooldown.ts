import type { Rule } from './rule.ts';

/** Opens nothing for `cooldown` seconds after a fill that closed at a loss. */
export const cooldown: Rule = {
  name: 'cooldown',
  code: 'cooldown',

  refuses({ settings, state, at }) {
    if (!settings.cooldown || state.lastLossAt === null) return null;
    const left = state.lastLossAt + settings.cooldown * 1000 - at;
    return left > 0 ? `${Math.ceil(left / 1000)} s left after the last loss.` : null;
  },
};
