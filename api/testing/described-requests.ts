import fc from 'fast-check';
import { valuesOf, type JsonSchema, type Schemas } from './schema-arbitrary.ts';

/** A request as it goes over the wire. */
export interface Sent {
  method: string;
  path: string;
  content: string;
}

interface Operation {
  parameters: { in: 'path' | 'query'; name: string; schema: JsonSchema }[];
  requestBody?: { content: { 'application/json': { schema: JsonSchema } } };
}

/** What is read of an OpenAPI document. */
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Schemas };
}

/** Every operation of the document, with parameters and a body as their schemas describe them, or nearly so. */
export function describedRequests(
  { paths, components: { schemas } }: Document,
  botId: string,
): fc.Arbitrary<Sent> {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody }]) => {
      const values = parameters.map(({ schema, ...parameter }) => {
        const text = valuesOf(schema, schemas).map((value) =>
          typeof value === 'string' ? value : JSON.stringify(value),
        );
        const known = fc.constant(botId);
        return fc.record({
          ...{ in: fc.constant(parameter.in), name: fc.constant(parameter.name) },
          value: parameter.name === 'bot_id' ? fc.oneof({ weight: 4, arbitrary: known }, text) : text,
        });
      });
      const body = requestBody && valuesOf(requestBody.content['application/json'].schema, schemas);
      return fc.tuple(fc.tuple(...values), body ?? fc.constant(undefined)).map(([sent, content]) => {
        const filled = sent
          .filter((parameter) => parameter.in === 'path')
          .reduce(
            (address, { name, value }) => address.replace(`{${name}}`, encodeURIComponent(value)),
            path,
          );
        const queries = sent.filter((parameter) => parameter.in === 'query');
        const search = new URLSearchParams(
          queries.map(({ name, value }): [string, string] => [name, value]),
        ).toString();
        return {
          method: method.toUpperCase(),
          path: search ? `${filled}?${search}` : filled,
          content: JSON.stringify(content) ?? '',
        };
      });
    }),
  );
  return fc.oneof(...all);
}
