import pino, { type Logger } from 'pino';
import type { Configuration } from './configuration.ts';

export interface LoggingOptions {
  /** The process's name, on every line. */
  name: string;
  /** Values that never leave, in whatever form they appear. */
  secrets: readonly string[];
  /** Where lines go besides the file; standard output unless said otherwise. */
  stream?: { write(line: string): void };
}

const LEVELS = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error', CRITICAL: 'fatal' } as const;
const NAMES: Record<string, string> = Object.fromEntries(
  Object.entries(LEVELS).map(([name, level]) => [level, name]),
);

/** Fields that hold secrets by their nature, wherever somebody puts them. */
const SECRET_FIELDS = [
  'apiKey',
  'secret',
  'password',
  'token',
  'signature',
  'authorization',
  'cookie',
  'sealed',
];

/** The process's log: one JSON object a line, or lines for people; to standard output and, where asked, to a file. */
export function createLogger(
  logging: Configuration['logging'],
  { name, secrets, stream }: LoggingOptions,
): Logger {
  const redact = redactor(secrets);
  const print = logging.format === 'json' ? redact : (line: string) => redact(forPeople(line));
  const streams = [
    { stream: stream ?? process.stdout },
    ...(logging.file ? [{ stream: pino.destination({ dest: logging.file, mkdir: true }) }] : []),
  ];
  const level = LEVELS[logging.level];
  return pino(
    {
      name,
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: NAMES[label] ?? label.toUpperCase() }) },
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[redacted]',
      },
      hooks: { streamWrite: print },
    },
    pino.multistream(streams.map((one) => ({ ...one, level }))),
  );
}

/** Takes the values out of a text: as they are, and in base64, hex and URL form. */
function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= 6)
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      Buffer.from(secret).toString('hex'),
    ]);
  const distinct = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => distinct.reduce((rest, form) => rest.replaceAll(form, '[redacted]'), text);
}

/** `10:30:00 INFO api: message key=value`. */
export function forPeople(line: string): string {
  const { time, level, name, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown> & {
    msg?: string;
  };
  const clock = typeof time === 'string' ? time.slice(11, 19) : '';
  const rest = Object.entries(fields).map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const error = err as { message?: string; stack?: string } | undefined;
  const fault = error ? `\n  ${error.stack ?? error.message}` : '';
  return `${clock} ${String(level)} ${String(name)}: ${msg ?? ''}${rest.join('')}${fault}\n`;
}
