import test from 'ava';
import { ConfigurationError } from '../configuration.ts';
import { planStart, settingsOf, type Plan, type Variables } from './plan.ts';
import { portsOf } from './ports.ts';

const NAMES = ['PORT', 'EXCHANGE_PORT', 'POSTGRES_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'METRICS_PORT'];

for (const name of NAMES.slice(1))
  for (const other of NAMES.slice(0, NAMES.indexOf(name)))
    test(`${other} and ${name} with one port are both named, before anything starts`, (t) => {
      const error = t.throws(() => portsOf(plan({ [name]: '4000', [other]: '4000' })), {
        instanceOf: ConfigurationError,
      });
      t.regex(error.message, new RegExp(`^${other} .* and ${name} .* are both 4000`));
    });

test('parts that a variable replaces need no port', (t) => {
  const elsewhere = {
    DATABASE_URL: 'postgresql://user@db:5432/perpetua',
    TEMPORAL_ADDRESS: 'temporal:7233',
    PAPER_EXCHANGE_URL: 'http://exchange:8900',
  };
  const ports = portsOf(plan({ ...elsewhere, PORT: '4000', POSTGRES_PORT: '4000', EXCHANGE_PORT: '4000' }));
  t.deepEqual(
    ports.map(({ variable }) => variable),
    ['PORT'],
  );
});

function plan(variables: Variables): Plan {
  const random = 'f'.repeat(64);
  const secrets = {
    secretKey: random,
    encryptionKey: random,
    databasePassword: random,
    controlToken: random,
  };
  return planStart(variables, settingsOf(variables), { secrets });
}
