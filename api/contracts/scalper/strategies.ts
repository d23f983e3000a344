import { z } from 'zod';
import { STRATEGIES } from '../../../bots/strategies/index.ts';
import { answer, route } from '../../route.ts';
import { newScalper } from './bot-schemas.ts';

/** JSON Schema of what a request may send. A schema's own `override` describes what zod cannot. */
function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $ref, $defs, ...whole } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: described }) => {
      const override = z.globalRegistry.get(zodSchema)?.['override'];
      if (typeof override === 'object') Object.assign(described, override);
      delete described['override'];
    },
  });
  // A schema with a name comes as a reference to itself: readers want its properties.
  return { ...whole, ...($ref && $defs?.[$ref.replace('#/$defs/', '')]), ...($defs && { $defs }) };
}

const strategies = STRATEGIES.map(({ name, title, description, parameters }) => ({
  ...{ name, title, description },
  schema: jsonSchema(name === 'ping-pong' ? newScalper : parameters),
}));

const list = route({
  method: 'get',
  path: '/strategies/',
  policy: 'public',
  tag: 'Strategies',
  summary: 'List strategies and what each needs',
  description: '`schema` describes `parameters` of a new bot; for ping-pong, the fields of the bot itself.',
  responses: {
    200: z.array(
      z
        .strictObject({
          name: z.string(),
          title: z.string(),
          description: z.string(),
          schema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema' }),
        })
        .meta({
          id: 'Strategy',
          example: {
            ...{ name: 'rsi-reversal', title: 'RSI reversal' },
            description: 'Buys what has fallen too far, sells what has risen too far',
            schema: { type: 'object', properties: { period: { type: 'integer', default: 14 } } },
          },
        }),
    ),
  },
  handler: async () => answer(200, strategies),
});

export const strategyRoutes = [list];
