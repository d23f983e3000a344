import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';

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
}

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const source = read('docker-compose.yml');
const compose = parse(source, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
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
    'exchange',
    'migrate',
    'postgres',
    'seed',
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
  t.is(own.length, 5);
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
    t.is(otherwise, /PASSWORD|_KEY|TOKEN/.test(name!) ? ':?' : ':-', name);
  }
});

test('what a process of ours is given is a variable that it reads', (t) => {
  const known = read('.env.example');
  for (const [name, { environment = {} }] of own)
    for (const variable of Object.keys(environment))
      t.regex(known, new RegExp(`^(# )?${variable}=`, 'm'), `${name}: ${variable}`);
});

test('only the API listens beyond this machine', (t) => {
  for (const [name, { ports = [] }] of services)
    for (const port of ports) if (name !== 'backend') t.regex(port, /^127\.0\.0\.1:/, name);
  t.deepEqual(compose.services['backend']?.ports, ['8000:8000']);
});

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
