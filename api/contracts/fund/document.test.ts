import test from 'ava';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe } from '../../documentation/openapi.ts';
import { TEST_SETTINGS } from '../../testing/start-api.ts';
import { fund } from './index.ts';

interface Document {
  tags: { name: string }[];
  paths: Record<string, Record<string, { tags: string[]; responses: object; security?: object[] }>>;
}

test('the document of the fund is valid OpenAPI, with every path of the bot and the statuses of the contract', async (t) => {
  const text = describe(fund(TEST_SETTINGS), TEST_SETTINGS);
  t.deepEqual(await new Validator().validate(JSON.parse(text) as Record<string, unknown>), { valid: true });
  const { paths, tags } = JSON.parse(text) as Document;
  for (const name of ['start', 'stop', 'pause', 'resume']) {
    const { responses, security } = paths[`/api/v1/bot/${name}`]!['post']!;
    t.deepEqual(security, [{ access: [] }]);
    t.deepEqual(Object.keys(responses), ['200', '401', '403', '404', '409', '429', '500', '503'], name);
  }
  for (const name of ['status', 'performance', 'trades', 'portfolio', 'health'])
    t.truthy(paths[`/api/v1/bot/${name}`]?.['get'], name);
  t.is(paths['/api/v1/bot/health']!['get']!.security, undefined);
  for (const path of ['freeze', 'unfreeze'])
    t.truthy(paths[`/api/v1/admin/fund/${path}`]?.['post']?.security, path);
  t.truthy(paths['/api/v1/admin/fund']?.['get']?.security);
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  for (const { responses } of operations) t.false('422' in responses);
  const known = tags.map(({ name }) => name);
  for (const operation of operations)
    if (operation.tags[0] !== 'Documentation') t.true(known.includes(operation.tags[0]!));
});

test('the fund is beside the bots of the scalper: /bots is none of its paths', (t) => {
  const { roots, routes } = fund(TEST_SETTINGS);
  t.deepEqual(roots, ['/api/v1/bot', '/api/v1/wallet', '/api/v1/admin']);
  t.false(routes.some(({ path }) => path.startsWith('/api/v1/bots')));
});
