import test from 'ava';
import type { Decimal } from '../bots/money.ts';
import { ApiError, type ErrorCode } from './errors.ts';
import { readJson, toPlain } from './json.ts';

test('Numbers keep every digit', (t) => {
  const read = readJson('{"a": 123456789012.12345678, "b": [0.1, 1e400]}') as { a: Decimal; b: Decimal[] };
  t.is(read.a.toFixed(), '123456789012.12345678');
  t.true(read.b[0]!.eq('0.1'));
  t.is(read.b[1]!.toString(), '1e+400');
});

test('What is hostile or not JSON is refused by name', (t) => {
  const cases: Partial<Record<ErrorCode, string[]>> = {
    malformed_input: [
      ...[
        '',
        '{',
        '[1,]',
        '{"a":1,"a":2}',
        'NaN',
        '"\\x"',
        '01',
        '{"a":.5}',
        `${'['.repeat(30)}${']'.repeat(30)}`,
      ],
      ...['['.repeat(60_000), `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ],
    invalid_input: [
      ...[
        '{"__proto__": {"admin": true}}',
        '{"a": {"constructor": {"prototype": {}}}}',
        '[{"prototype": 1}]',
      ],
      ...['{"__pr\\u006fto__": 1}', '"\\u0000"', '{"a": ["\\ud800"]}', '{"\\u0000": 1}'],
    ],
  };
  for (const [code, texts] of Object.entries(cases)) {
    for (const text of texts)
      t.is<string, string>(
        t.throws(() => readJson(text), { instanceOf: ApiError }).code,
        code,
        text.slice(0, 40),
      );
  }
  t.is(({} as Record<string, unknown>)['admin'], undefined);
});

test('A key that is said twice is named', (t) => {
  const fault = t.throws(() => readJson('{"a":1,"b":{"c":1,"c":2}}'), { instanceOf: ApiError });
  t.is(fault.shape[0]?.msg, "the body says 'c' twice");
});

test('Free-form numbers are stored as numbers where nothing is lost, else as their digits', (t) => {
  t.deepEqual(
    toPlain(readJson('{"a": [1, 0.5, 45000.50], "b": 123456789012.12345678, "c": 1e400, "d": null}')),
    {
      ...{ a: [1, 0.5, 45000.5], b: '123456789012.12345678', c: '1e+400', d: null },
    },
  );
});
