import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { stateOf } from '../api/probes.ts';
import { outsideServices } from './outside-services.ts';
import { freshDatabase } from './testing/database.ts';

test('trading-api 67: a service is asked at its address with its key, and not at all where it has none', async (t) => {
  const asked: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    asked.push(`${url} ${headers.authorization ?? ''}`);
    response.writeHead(url.includes('wrong') ? 401 : 200).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { knex } = await freshDatabase(t);
  const statesWith = async (token?: string, key?: string) => {
    const services = { telegram: { url, token }, deepseek: { url, key }, bitget: { url } };
    const probes = Object.entries(outsideServices(services, knex));
    return Object.fromEntries(
      await Promise.all(probes.map(async ([name, probe]) => [name, await stateOf(probe)])),
    );
  };

  const none = { telegram: 'not_configured', deepseek: 'not_configured', bitget: 'not_configured' };
  t.deepEqual(await statesWith(), none);
  t.deepEqual(asked, []);
  t.deepEqual(await statesWith('right', 'key'), { ...none, telegram: 'connected', deepseek: 'connected' });
  t.deepEqual(asked.toSorted(), ['/botright/getMe ', '/models Bearer key']);
  t.like(await statesWith('wrong'), { telegram: 'failing' });

  const [{ id }] = await knex('users').insert({ name: 'Ada' }).returning('id');
  const account = { user_id: id, exchange: 'Bitget', label: 'a', kind: 'live', api_key_last4: '1234' };
  await knex('exchange_accounts').insert({ ...account, sealed: Buffer.from('x'), sealed_key_id: 'k' });
  t.like(await statesWith(), { bitget: 'connected' });
  server.close();
  server.closeAllConnections();
  t.like(await statesWith('right'), { bitget: 'failing', telegram: 'failing' });
});
