import type { z } from 'zod';
import { protectionsSchema, type Protections } from './protections/schema.ts';
import { strategyNamed } from './strategies/index.ts';
import type { Strategy } from './strategy.ts';

/** A bot as its row describes it, read and checked once: what `decide` works with. */
export interface Bot {
  strategy: Strategy;
  /** Already validated by `strategy.parameters`. */
  parameters: unknown;
  protections: Protections;
}

export type InvalidBotCode = 'unknown_strategy' | 'invalid_parameters' | 'invalid_protections';

/** A stored bot that cannot run until a person changes it. */
export class InvalidBot extends Error {
  override readonly name = 'InvalidBot';
  readonly code: InvalidBotCode;

  constructor(code: InvalidBotCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Reads what a row holds. Throws `InvalidBot`, whose message names the field and what it must be. */
export function readBot(row: { strategy: string; parameters: unknown; protections: unknown }): Bot {
  const strategy = strategyNamed(row.strategy);
  if (!strategy) throw new InvalidBot('unknown_strategy', `There is no strategy named "${row.strategy}".`);
  return {
    strategy,
    parameters: valid(strategy.parameters, row.parameters, 'invalid_parameters'),
    protections: valid(protectionsSchema, row.protections, 'invalid_protections'),
  };
}

function valid<T>(schema: z.ZodType<T>, value: unknown, code: InvalidBotCode): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'value'}: ${issue.message}`);
  throw new InvalidBot(code, `Change the bot's settings: ${faults.join('; ')}.`);
}
