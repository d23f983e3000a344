import { z } from 'zod';
import { fund } from './fund-variables.ts';
import {
  address,
  addresses,
  amount,
  chatNumber,
  choice,
  flag,
  list,
  optional,
  optionalAddress,
  optionalList,
  optionalMatch,
  optionalWhole,
  origins,
  port,
  secret,
  text,
  whole,
} from './rules.ts';
import { providers, secrets } from './sign-in-variables.ts';
import { treasury } from './treasury-variables.ts';

const DATABASE_FORM = 'postgresql://USER:PASSWORD@HOST:PORT/DATABASE';

const isDatabaseUrl = (value: string) => /^postgres(ql)?(\+\w+)?:\/\/./.test(value) && URL.canParse(value);

const api = {
  API_V1_STR: text('/api/v1', 'What every path of the API begins with'),
  PROJECT_NAME: text('Scalper Bot API', 'Shown at / and in the documentation'),
  VERSION: text('1.0.0', 'Shown at / and in the documentation'),
  DESCRIPTION: text('API for cryptocurrency scalping bot management', 'Shown at / and in the documentation'),
  HOST: optional(
    'The address the API listens on; not set: 0.0.0.0, under `npm start` 127.0.0.1',
    '127.0.0.1',
  ),
  PORT: port(8000, 'The port of the API'),
  ENVIRONMENT: z
    .enum(['development', 'production'], { error: 'must be one of development, production' })
    .optional()
    .meta({
      description:
        'development or production: how many failed sign-ins lock an address; production asks for JWT_SECRET. Not set: production with DEBUG=False',
      example: 'production',
    }),
  EDGE_NAME: text(
    'localhost',
    'The name that the proxy of docker-compose.yml is reached by; nothing else reads it',
  ),
  EDGE_ADDRESS: text('127.0.0.1', 'The address it listens on, ports 80 and 443; 0.0.0.0 for everybody'),
  DEBUG: flag(true, 'False in production: https only, known hosts only, no placeholder secrets'),
  AUTH_REQUIRED: z.stringbool({ error: 'must be True or False' }).optional().meta({
    description:
      'Whether the API of the bots asks who is there. False: whoever reaches it commands every bot, so it is refused but for development on this machine alone, on paper, where `npm start` takes it. Not set: True',
    example: 'True',
  }),
  WORKERS: whole(4, 'Read for compatibility: one process serves the API; run more of it for more', [1, 64]),
  BACKEND_CORS_ORIGINS: optionalList(
    'Origins that browsers may call from; not set: localhost:3000 and :3001, none in docker-compose.yml',
    '["http://localhost:3000","http://localhost:3001"]',
  ),
  CORS_ORIGINS: origins(
    'Origins that browsers may sign in from; not set: localhost:3000 and :3001 in development, none in production',
    'https://app.example.com,https://admin.example.com',
  ),
  ALLOWED_HOSTS: optionalList(
    'Host names answered to; not set: with DEBUG=True those of this machine where HOST is loopback, else any; the three of the product otherwise',
    '["scalperbot.com","www.scalperbot.com","api.scalperbot.com"]',
  ),
  TRUSTED_PROXIES: optionalWhole(
    'How many proxies stand before the API: as many forwarded addresses are believed; not set: 0, in docker-compose.yml its own',
    '1',
    [0, 10],
  ),
  ADMIN_IP_WHITELIST: addresses(
    'Addresses and blocks (10.0.0.0/8, 2001:db8::/32) that admins may call from as admins; not set: any in development, none in production',
    '203.0.113.7,10.0.0.0/8,2001:db8::/32',
  ),
  RATE_LIMIT_ENABLED: flag(true, 'Whether requests are counted'),
  RATE_LIMIT_PER_MINUTE: whole(60, 'Requests of one address in a minute, below API_V1_STR', [1, 1_000_000]),
  RATE_LIMIT_PER_HOUR: whole(1000, 'Requests of one address in an hour, below API_V1_STR', [1, 10_000_000]),
  RATE_LIMIT_USER_PER_MINUTE: whole(120, 'Requests of one user in a minute, elsewhere', [1, 1_000_000]),
  RATE_LIMIT_ADDRESS_PER_MINUTE: whole(
    60,
    'Requests of one address in a minute that no user is signed in for, elsewhere',
    [1, 1_000_000],
  ),
  RATE_LIMIT_SIGN_IN_PER_MINUTE: whole(
    10,
    'Tries of one address in a minute to sign in or up',
    [1, 1_000_000],
  ),
  RATE_LIMIT_ORDERS_PER_MINUTE: whole(30, 'Orders of one user in a minute', [1, 1_000_000]),
};

const database = {
  DATABASE_URL: z
    .string({ error: `is required. Its form is ${DATABASE_FORM}` })
    .refine(
      isDatabaseUrl,
      `must have the form ${DATABASE_FORM} (write other characters of the password as %XX)`,
    )
    .meta({
      description: 'The database; `npm start` runs one of its own where this is not set',
      example: 'postgresql://db_user@localhost:5432/scalper_bot',
      secret: true,
    }),
  DB_ECHO_LOG: flag(false, 'Log every statement (not its values)'),
  DB_POOL_SIZE: whole(20, 'Connections a process keeps', [1, 500]),
  DB_MAX_OVERFLOW: whole(10, 'Connections a process may open beyond that', [0, 500]),
  POSTGRES_PASSWORD: secret('What docker-compose.yml gives its PostgreSQL; nothing else reads it'),
};

const temporal = {
  TEMPORAL_ADDRESS: optional(
    'A Temporal cluster; `npm start` runs a dev server where this is not set',
    '127.0.0.1:7233',
  ),
  TEMPORAL_NAMESPACE: text('default', 'The namespace on it'),
  TEMPORAL_CLI_PATH: optional(
    'The Temporal command line, where it is not on the PATH',
    '/usr/local/bin/temporal',
  ),
  TEMPORAL_PORT: port(7233, "The embedded dev server's port"),
  TEMPORAL_UI_PORT: port(8233, "The port of the embedded dev server's web interface"),
};

const embedded = {
  DATA_DIR: text('data', 'Where the embedded parts keep their data; relative to the project'),
  CACHE_DIR: optional("Where downloads are kept; not set: the user's cache folder", '/var/cache/perpetua'),
  POSTGRES_PORT: port(54329, "The embedded PostgreSQL's port"),
};

const exchange = {
  EXCHANGE_HOST: text('127.0.0.1', 'The address the simulated exchange listens on'),
  EXCHANGE_PORT: port(8900, 'The port of the simulated exchange'),
  PAPER_SYMBOLS: list(
    ['BTCUSDT', 'ETHUSDT', 'BNBUSDT', 'SOLUSDT', 'XRPUSDT', 'ETHBTC', 'BTCUSDC'],
    'Markets it lists',
  ),
  PAPER_EXCHANGE_URL: z
    .string()
    .regex(/^https?:\/\/[^/\s]+$/, 'must be an address such as http://127.0.0.1:8900')
    .optional()
    .meta({
      description: 'Where paper trading goes; not set: the simulated exchange here',
      example: 'http://127.0.0.1:8900',
    }),
  PAPER_FEED: z
    .string()
    .regex(/^(synthetic|file:.+|live:[a-z0-9]+)$/, 'must be synthetic, file:PATH or live:EXCHANGE')
    .default('synthetic')
    .meta({
      description: 'Where its prices come from: synthetic, file:PATH (CSV candles) or live:binance',
      standard: 'synthetic',
    }),
  EXCHANGE_CONTROL_TOKEN: secret(
    "Opens the simulated exchange's control API, which is off without it; the API opens users' paper accounts there",
  ),
  BINANCE_API_KEY: secret(
    "Keys of Binance's testnet: new bots on Binance trade with them. Real money is traded with keys of signed-in users, never with these",
  ),
  BINANCE_SECRET_KEY: secret('Their secret'),
  BINANCE_TESTNET: flag(
    true,
    "Whether live accounts on Binance are its testnet's: these, and those that users store",
  ),
  BYBIT_API_KEY: secret('Read for compatibility'),
  BYBIT_SECRET_KEY: secret('Read for compatibility'),
  BYBIT_TESTNET: flag(true, 'Read for compatibility'),
  BITGET_API_URL: text(
    'https://api.bitget.com',
    'Where Bitget is: this version only says whether it answers',
  ),
  COINDCX_API_KEY: secret('Read for compatibility'),
  COINDCX_SECRET_KEY: secret('Read for compatibility'),
};

const trading = {
  MAX_BOTS_PER_USER: whole(10, 'Bots of any status that one owner may have', [1, 100_000]),
  DEFAULT_BOT_STATUS: choice(
    ['STOPPED', 'ACTIVE'],
    'STOPPED',
    'Status of bots that are imported or restored',
  ),
  MIN_TRADE_AMOUNT: amount('0.001', 'Least quantity of a bot, in base currency'),
  MAX_TRADE_AMOUNT: amount('1000', 'Most quantity of a bot, in base currency'),
  WORKER_WATCH_SLOTS: whole(
    1200,
    'Bots a worker watches at once: 1.2 x the bots it is to carry',
    [1, 100_000],
  ),
  WORKER_TRADE_SLOTS: whole(50, 'Calls to one exchange at once', [1, 10_000]),
  WORKER_CACHED_WORKFLOWS: whole(
    400,
    'Bots a worker keeps in memory, about 300 KB each; the others it reads again when something happens',
    [1, 100_000],
  ),
};

const notices = {
  TELEGRAM_BOT_TOKEN: secret(
    'From @BotFather: people follow and steer their bots by this bot of Telegram, and are told by it; not set: nobody is',
  ),
  TELEGRAM_API_URL: address('https://api.telegram.org', 'Where Telegram is'),
  TELEGRAM_CHAT_ID: chatNumber(
    'The chat of those who run this, told of what concerns the installation: the number of a person, or of a group. A person of that number also commands every bot while sign-in is off, and otherwise those that were made while it was',
    '123456789',
  ),
  TELEGRAM_WEBHOOK_URL: optionalAddress(
    'Where Telegram delivers what is written, for a proxy to hand on to TELEGRAM_WEBHOOK_PORT; not set: it is asked for',
    'https://bot.example.com/telegram',
  ),
  TELEGRAM_WEBHOOK_PORT: port(8443, 'Where what it delivers is heard, over plain HTTP, on HOST'),
  TELEGRAM_WEBHOOK_SECRET: optionalMatch(
    /^[\w-]{16,256}$/,
    'must be 16 to 256 letters, digits, _ and -',
    'What Telegram shows with what it delivers; not set: made from SECRET_KEY',
  ),
  TELEGRAM_METRICS_PORT: optionalWhole('Where the Telegram process serves its metrics', '9465'),
  WS_HEARTBEAT_INTERVAL: whole(30, 'Seconds between two pings of a WebSocket', [1, 3_600]),
  WS_MESSAGE_QUEUE_SIZE: whole(100, 'Messages that may wait for one WebSocket', [1, 100_000]),
};

const operations = {
  LOG_LEVEL: choice(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'], 'INFO', 'The least level written'),
  LOG_FORMAT: choice(['json', 'text'], 'json', 'One JSON object a line, or lines for people'),
  LOG_FILE_PATH: optional('A file that logs go to besides standard output', 'logs/app.log'),
  AUDIT_ANCHOR_FILE: text(
    'audit-anchors.jsonl',
    'Where the worker notes how far the audit log goes; relative to DATA_DIR. Better a disk that the database server does not reach',
  ),
  LOG_RETENTION_DAYS: optionalWhole(
    'Activity logs older than this are deleted; not set: kept for ever',
    '30',
  ),
  METRICS_PORT: optionalWhole("Where the worker serves its metrics; the API's are at /metrics", '9464'),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/[^\s/]+(\/\d+)?$/, 'must have the form redis://HOST:PORT/NUMBER')
    .optional()
    .meta({
      description: 'Where requests are counted; not set, or away: in the database',
      example: 'redis://localhost:6379/0',
      secret: true,
    }),
  REDIS_PASSWORD: secret('Its password, where REDIS_URL has none'),
  REDIS_DB: whole(0, 'Read for compatibility: the number is the last part of REDIS_URL', [0, 1_000]),
  DEEPSEEK_API_KEY: secret('For strategies made by DeepSeek: this version only says whether it answers'),
  DEEPSEEK_API_URL: text('https://api.deepseek.com', 'Where DeepSeek is'),
  SENTRY_DSN: secret('Read for compatibility'),
};

export const SECTIONS = {
  API: api,
  Database: database,
  Secrets: secrets,
  'Sign-in by providers': providers,
  Temporal: temporal,
  'Embedded parts': embedded,
  Exchanges: exchange,
  Trading: trading,
  Fund: fund,
  Treasury: treasury,
  Notices: notices,
  Operations: operations,
};

/** Every variable that is read. What is not here is ignored. */
export const environmentSchema = z.object({
  ...api,
  ...database,
  ...secrets,
  ...providers,
  ...temporal,
  ...embedded,
  ...exchange,
  ...trading,
  ...fund,
  ...treasury,
  ...notices,
  ...operations,
});

export type Environment = z.output<typeof environmentSchema>;

/** The same for those who need no database, or make their own. */
export const embeddedSchema = environmentSchema.partial({ DATABASE_URL: true, SECRET_KEY: true });

export type EmbeddedEnvironment = z.output<typeof embeddedSchema>;

/** The variables whose values are never shown. */
export const SECRET_NAMES = (Object.keys(environmentSchema.shape) as (keyof EmbeddedEnvironment)[]).filter(
  (name) => environmentSchema.shape[name].meta()?.['secret'] === true,
);
