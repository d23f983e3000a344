import fc from 'fast-check';

export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  format?: string;
  example?: unknown;
}

export type Schemas = Record<string, JsonSchema>;

/** What a schema describes, right at its edges and at times just beyond them. */
export function valuesOf(schema: JsonSchema, schemas: Schemas): fc.Arbitrary<unknown> {
  const right = rightOf(schema, schemas);
  const wrong = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom<unknown>(null, '', -1, 1e308, '\0'));
  const known = 'example' in schema ? [{ weight: 6, arbitrary: fc.constant(schema.example) }] : [];
  return fc.oneof(...known, { weight: 8, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

function rightOf(schema: JsonSchema, schemas: Schemas): fc.Arbitrary<unknown> {
  const { $ref, oneOf, anyOf, enum: members, items, properties, minimum, maximum, maxLength } = schema;
  if ($ref) return valuesOf(schemas[$ref.replace('#/components/schemas/', '')]!, schemas);
  const options = oneOf ?? anyOf;
  if (options) return fc.oneof(...options.map((option) => valuesOf(option, schemas)));
  if (members) return fc.constantFrom(...members);
  if ('const' in schema) return fc.constant(schema.const);
  if (properties) return objectsOf(properties, schema.required ?? [], schemas);
  const type = [schema.type].flat()[0];
  const [least, most] = [minimum ?? -1, Math.min(maximum ?? 1e15, 1e15)];
  if (type === 'integer')
    return fc.oneof(fc.integer({ min: least, max: most }), fc.constantFrom(least - 1, most + 1));
  if (type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true });
  if (type === 'boolean') return fc.boolean();
  if (type === 'array') return fc.array(items ? valuesOf(items, schemas) : fc.jsonValue(), { maxLength: 3 });
  if (type === 'object') return fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
  if (schema.format === 'uuid') return fc.uuid();
  return fc.string({ unit: 'binary', maxLength: (maxLength ?? 40) + 1 });
}

function objectsOf(properties: Schemas, required: string[], schemas: Schemas): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const value = valuesOf(schema, schemas);
    return [name, required.includes(name) ? value : fc.option(value, { nil: undefined })] as const;
  });
  return fc.record(Object.fromEntries(fields), { requiredKeys: required });
}
