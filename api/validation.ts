import type { z } from 'zod';
import {
  invalidInput,
  malformedInput,
  type FieldFault,
  type ShapeFault,
  type ShapeFaultType,
} from './errors.ts';

export type Place = 'path' | 'query' | 'body';

/** What a request sent, by the place it came from. */
export type Sent = Partial<Record<Place, unknown>>;
export type Schemas = Record<Place, z.ZodType | undefined>;

/**
 * Reads everything a request sent. Throws `malformed_input` with every value that is missing or of the wrong type; where
 * there is none, `invalid_input` with every value that breaks a rule.
 */
export function validate(schemas: Schemas, sent: Sent): Sent {
  const values: Sent = {};
  const faults: Fault[] = [];
  for (const place of ['path', 'query', 'body'] as const) {
    const schema = schemas[place];
    if (!schema) continue;
    const result = schema.safeParse(sent[place]);
    if (result.success) values[place] = result.data;
    else faults.push(...result.error.issues.flatMap((issue) => faultsOf(issue, place, sent[place])));
  }
  refuse(faults);
  return values;
}

export type Fault = { shape: ShapeFault } | { field: FieldFault };

/** Throws for the faults, if any: those of shape first. */
export function refuse(faults: readonly Fault[]): void {
  const shape = faults.flatMap((fault) => ('shape' in fault ? [fault.shape] : []));
  if (shape.length > 0) throw malformedInput(shape);
  // One a field, the last: rules go from form to meaning.
  const fields = new Map(
    faults.flatMap((fault) => ('field' in fault ? [[fault.field.field, fault.field]] : [])),
  );
  if (fields.size > 0) throw invalidInput([...fields.values()]);
}

/** The one place where zod's issues become the contract's faults. Query and path know no 400: all is malformed there. */
export function faultsOf(issue: z.core.$ZodIssue, place: Place, sent: unknown, base: string[] = []): Fault[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: { field: [...path, key].join('.'), message: 'Unknown setting' },
    }));
  }
  const loc = [place, ...path];
  if (valueAt(sent, issue.path) === undefined) {
    // A rule over several fields says why this one is needed; those of a type have parameters.
    const msg = issue.code === 'custom' && !issue.params ? issue.message : 'field required';
    return [{ shape: { loc, msg, type: 'value_error.missing' } }];
  }
  const type = shapeFaultType(issue) ?? (place === 'body' ? null : textFaultType(issue));
  const isRepeated = place === 'query' && Array.isArray(valueAt(sent, issue.path));
  if (type) {
    const msg = isRepeated ? 'value is given more than once' : shapeText(type, issue);
    return [{ shape: { loc, msg, type } }];
  }
  return [{ field: { field: path.join('.') || place, message: issue.message } }];
}

const EXPECTED: Partial<Record<string, ShapeFaultType>> = {
  number: 'type_error.float',
  int: 'type_error.integer',
  boolean: 'type_error.bool',
  string: 'type_error.str',
  object: 'type_error.dict',
  record: 'type_error.dict',
  array: 'type_error.list',
};

function shapeFaultType(issue: z.core.$ZodIssue): ShapeFaultType | null {
  if (issue.code === 'invalid_type') return EXPECTED[issue.expected] ?? 'type_error.str';
  if (issue.code === 'invalid_value' || issue.code === 'invalid_union') return 'type_error.enum';
  if (issue.code === 'invalid_format' && issue.format === 'guid') return 'type_error.uuid';
  if (issue.code === 'custom' && issue.params)
    return (issue.params['type'] as ShapeFaultType | undefined) ?? null;
  return null;
}

function textFaultType(issue: z.core.$ZodIssue): ShapeFaultType {
  return issue.code === 'invalid_format' ? 'type_error.integer' : 'type_error.str';
}

const SHAPE_TEXTS: Record<ShapeFaultType, string> = {
  'value_error.missing': 'field required',
  'value_error.jsondecode': 'value is not valid JSON',
  'type_error.float': 'value is not a valid float',
  'type_error.integer': 'value is not a valid integer',
  'type_error.bool': 'value could not be parsed to a boolean',
  'type_error.str': 'str type expected',
  'type_error.enum': 'value is not a valid enumeration member',
  'type_error.uuid': 'value is not a valid uuid',
  'type_error.dict': 'value is not a valid dict',
  'type_error.list': 'value is not a valid list',
};

function shapeText(type: ShapeFaultType, issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom' || issue.code === 'invalid_format') return issue.message;
  const permitted =
    issue.code === 'invalid_value' ? issue.values : issue.code === 'invalid_union' ? unionOptions(issue) : [];
  const names = permitted.filter((value) => typeof value === 'string').map((value) => `'${value}'`);
  return names.length > 0 ? `${SHAPE_TEXTS[type]}; permitted: ${names.join(', ')}` : SHAPE_TEXTS[type];
}

function unionOptions(issue: z.core.$ZodIssueInvalidUnion): readonly unknown[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}
