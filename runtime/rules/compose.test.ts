import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { readConfiguration } from '../configuration.ts';
import { environmentSchema } from '../environment/variables.ts';
import { PROJECT } from '../project.ts';

interface Service {
  image: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  restart?: string;
  volumes?: string[];
  configs?: { source: string; target: string }[];
}

const read = (file: string): string => readFileSync(join(PROJECT, file), 'utf8');
const source = read('docker-compose.yml');
const compose = parse(source, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  configs: Record<string, { file?: string }>;
};
const services = Object.entries(compose.services);
const own = services.filter(([, service]) => service.build !== undefined);
/** Each process of package.json's scripts as a build runs it. */
const built = Object.values((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts)
  .map((script) => /runtime\/(\w+)\.ts$/.exec(script)?.[1])
  .map((name) => `dist/runtime/${name}.js`);

test('docker compose runs every part of the distributed deployment', (t) => {
  t.deepEqual(Object.keys(compose.services).toSorted(), [
    'backend',
    'edge',
    'exchange',
    'migrate',
    'postgres',
    'redis',
    'seed',
    'telegram',
    'temporal',
    'temporal-ui',
    'trading_bot',
  ]);
});

test('every image is pinned, by a tag that is not "latest"', (t) => {
  for (const [name, { image }] of services) t.regex(image, /^[a-z0-9/-]+:\d+\.\d+[\w.-]*$/, name);
  t.regex(read('Dockerfile'), /^FROM node:20\.\d+-[a-z]+-slim /m);
});

test("our own services run the processes of package.json's scripts, built", (t) => {
  t.is(own.length, 6);
  for (const [name, { command }] of own) t.true(built.includes(command?.at(-1) ?? ''), name);
  const [, standard] = /^CMD (\[.+\])$/m.exec(read('Dockerfile')) ?? [];
  t.true(built.includes((JSON.parse(standard ?? '[]') as string[]).at(-1) ?? ''));
  t.regex(read('Dockerfile'), /npm run build/);
});

test('every variable is in .env.example, and every secret has to be set', (t) => {
  const known = new Set(
    [...read('.env.example').matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name),
  );
  const used = [...source.matchAll(/\$\{(\w+)(:[-?])?/g)];
  t.true(used.length > 0);
  for (const [, name, otherwise] of used) {
    t.true(known.has(name!), name);
    // Keys of what may be left out may be left out, and former ones.
    const optional = /^(BINANCE|FUND|TREASURY|REDIS|TELEGRAM|DEEPSEEK)_/.test(name!);
    t.is(otherwise, !optional && /(PASSWORD|_KEY|TOKEN)$/.test(name!) ? ':?' : ':-', name);
  }
});

test('what a process of ours is given is a variable that it reads', (t) => {
  const known = read('.env.example');
  for (const [name, { environment = {} }] of own)
    for (const variable of Object.keys(environment))
      t.regex(known, new RegExp(`^(# )?${variable}=`, 'm'), `${name}: ${variable}`);
});

test('what is set in .env arrives: every variable that is read, but those of the embedded parts', (t) => {
  const words = new Set(read('runtime/configuration.ts').match(/\b[A-Z][A-Z0-9_]+\b/g));
  const isRead = Object.keys(environmentSchema.shape).filter((name) => words.has(name));
  const given = new Set(own.flatMap(([, { environment = {} }]) => Object.keys(environment)));
  // The last two: a container's folder is the image's, and its log is Docker's.
  const embedded = ['CACHE_DIR', 'POSTGRES_PORT', 'TEMPORAL_CLI_PATH', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT'];
  const left = new Set([...embedded, 'DATA_DIR', 'LOG_FILE_PATH']);
  t.true(isRead.length > 30);
  t.deepEqual(
    isRead.filter((name) => !given.has(name) && !left.has(name)),
    [],
  );
});

test("only who opens what is sealed is given the key, and only who trades the venue's", (t) => {
  const having = (name: string) =>
    own.filter(([, { environment = {} }]) => name in environment).map(([service]) => service);
  t.deepEqual(having('ENCRYPTION_KEY'), ['trading_bot', 'seed', 'backend', 'telegram']);
  t.deepEqual(having('ENCRYPTION_KEY_PREVIOUS'), having('ENCRYPTION_KEY'));
  for (const name of ['BINANCE_SECRET_KEY', 'TREASURY_API_KEY', 'TREASURY_API_SECRET'])
    t.deepEqual(having(name), ['trading_bot']);
  t.deepEqual(having('FUND_API_SECRET'), ['trading_bot', 'seed']);
});

test('nothing listens beyond this machine until .env says so, and the API is reached through the edge alone', (t) => {
  for (const [name, { ports = [] }] of services)
    for (const port of ports) t.regex(port, /^(127\.0\.0\.1|\$\{EDGE_ADDRESS:-127\.0\.0\.1\}):/, name);
  t.is(environmentSchema.shape.EDGE_ADDRESS.parse(undefined), '127.0.0.1');
  t.deepEqual(
    services
      .filter(([, { ports = [] }]) => ports.some((port) => port.includes('EDGE')))
      .map(([name]) => name),
    ['edge'],
  );
  t.is(compose.services['backend']?.ports, undefined);
});

test('trading-api 70, fund-integration 46: the edge speaks TLS, sends plain HTTP there, and hands the client on in headers that the API trusts', (t) => {
  const { edge, backend } = compose.services;
  // The last one is for programs on the machine itself.
  t.deepEqual(edge?.ports, [
    '${EDGE_ADDRESS:-127.0.0.1}:80:80',
    '${EDGE_ADDRESS:-127.0.0.1}:443:443',
    '127.0.0.1:8000:8000',
  ]);
  t.deepEqual(edge?.configs, [{ source: 'caddyfile', target: '/etc/caddy/Caddyfile' }]);
  t.deepEqual(compose.configs['caddyfile'], { file: 'edge/Caddyfile' });
  const lines = read('edge/Caddyfile').replaceAll(/^\s*#.*$/gm, '');
  // A site by name alone: TLS, the redirect and HTTP/2 are what Caddy does for one.
  t.regex(lines, /^\{\$EDGE_NAME:localhost\} \{$/m);
  t.notRegex(lines, /auto_https|trusted_proxies|\btls\b/);
  t.deepEqual(lines.match(/^http:.*$/gm), ['http://localhost:8000, http://127.0.0.1:8000 {']);
  t.regex(lines, /^\t\tprotocols h1 h2$/m);
  t.regex(lines, /^\treverse_proxy backend:8000$/m);
  // It comes before the proxy in Caddy's order of directives; with what follows, for the API answers /metrics/ as well.
  t.regex(lines, /^\trespond \/metrics\* 404$/m);
  t.is(backend?.environment?.['PORT'], '8000');
  t.is(backend?.environment?.['TRUSTED_PROXIES'], '${TRUSTED_PROXIES:-1}');
  t.is(backend?.environment?.['ALLOWED_HOSTS'], '${ALLOWED_HOSTS:-${EDGE_NAME:-localhost},127.0.0.1}');
});

test('as it comes it answers here alone, and says what has to be set to be reached from elsewhere', (t) => {
  const { DEBUG } = compose.services['backend']?.environment ?? {};
  t.is(DEBUG, '${DEBUG:-}');
  t.is(environmentSchema.shape.DEBUG.parse(undefined), true);
  for (const name of [
    'EDGE_NAME=',
    'EDGE_ADDRESS=',
    'DEBUG=False',
    'TRUSTED_PROXIES=1',
    'ADMIN_IP_WHITELIST',
  ])
    t.true(source.includes(name), name);
});

test('a copy of .env.example as .env changes nothing of what compose sets', (t) => {
  const template = Object.fromEntries(
    [...read('.env.example').matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  const secrets = Object.fromEntries(
    ['POSTGRES_PASSWORD', 'SECRET_KEY', 'ENCRYPTION_KEY', 'EXCHANGE_CONTROL_TOKEN'].map((name) => [
      name,
      '0123456789abcdef'.repeat(4),
    ]),
  );
  for (const [name, { environment = {} }] of own) {
    const under = (env: Record<string, string>) =>
      readConfiguration(
        Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, expanded(value, env)])),
      );
    t.deepEqual(under({ ...template, ...secrets }), under(secrets), name);
  }
  t.is(template['HOST'], undefined, '`npm start` listens on this machine alone');
  const { TRUSTED_PROXIES = '' } = compose.services['backend']?.environment ?? {};
  t.is(expanded(TRUSTED_PROXIES, template), '1');
});

/** A value as compose makes it of what `.env` sets, from within. */
function expanded(value: string, env: Record<string, string | undefined>): string {
  const next = value.replaceAll(
    /\$\{(\w+):[-?]([^${}]*)\}/g,
    (_, name: string, otherwise: string) => env[name] || otherwise,
  );
  return next === value ? value : expanded(next, env);
}

test('every service that others wait for says when it is ready', (t) => {
  for (const [name, { depends_on: needs = {} }] of services)
    for (const [needed, { condition }] of Object.entries(needs)) {
      const service = compose.services[needed];
      t.truthy(service, `${name} needs ${needed}`);
      const once = service?.restart === 'no';
      t.is(condition, once ? 'service_completed_successfully' : 'service_healthy', `${name}: ${needed}`);
      if (!once && needed !== 'backend') t.truthy(service?.healthcheck?.test, needed);
    }
});

test('what is stored is stored in volumes that have a name', (t) => {
  const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]!));
  t.deepEqual(mounted.toSorted(), Object.keys(compose.volumes).toSorted());
});
