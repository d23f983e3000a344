import {
  ConfigurationError,
  readConfiguration,
  readSettings,
  type Configuration,
  type Settings,
} from '../configuration.ts';
import { isOwnMachine, requireOwnMachine } from '../without-sign-in.ts';
import { keptSecrets, type DataFolder, type Secrets } from './data-folder.ts';

export type Variables = Record<string, string | undefined>;

/** What a start does itself, and what its children are told. */
export interface Plan {
  configuration: Configuration;
  /** Parts that no variable replaces. */
  embedded: { postgres: boolean; temporal: boolean; exchange: boolean };
  /** Whether a fund of play money is set up: nobody has said what the fund trades, and nothing of it can be real. */
  hasDemoFund: boolean;
  /** The children's whole environment. */
  variables: Variables;
}

/** Without HOST only this machine can command the bots. */
export function settingsOf(variables: Variables): Settings {
  return readSettings({ ...variables, HOST: variables['HOST'] || '127.0.0.1' });
}

/** Completes the variables with what the folder's secrets and the embedded parts make of them. Throws `ConfigurationError`. */
export function planStart(
  variables: Variables,
  settings: Settings,
  { secrets }: Pick<DataFolder, 'secrets'>,
): Plan {
  const { api, dataDir, temporal, exchange } = settings;
  const hasDemoFund = !variables['PAPER_EXCHANGE_URL'] && mayHaveDemoFund(settings);
  const complete = {
    ...withSecrets(variables, settings, secrets),
    HOST: api.host,
    // A newcomer tries it without signing up.
    AUTH_REQUIRED: variables['AUTH_REQUIRED'] || (isOwnMachine(settings) ? 'False' : 'True'),
    DATA_DIR: dataDir,
    // Read by us, line by line.
    LOG_FORMAT: 'json',
    TEMPORAL_ADDRESS: temporal.address,
    PAPER_EXCHANGE_URL: exchange.url,
    ...(hasDemoFund && !variables['FUND_WITHDRAWAL_POLICY'] && { FUND_WITHDRAWAL_POLICY: WITHOUT_COOLING }),
  };
  const configuration = readConfiguration(complete);
  requireOwnMachine(configuration);
  return {
    configuration,
    embedded: {
      postgres: !variables['DATABASE_URL'],
      temporal: !variables['TEMPORAL_ADDRESS'],
      exchange: !variables['PAPER_EXCHANGE_URL'],
    },
    hasDemoFund,
    variables: complete,
  };
}

/** Nobody waits a day to see play money paid out. */
const WITHOUT_COOLING = JSON.stringify({ newAddressCoolingHours: 0, securityCoolingHours: 0 });

/** No money but play money can be moved where the treasury has no keys. */
function mayHaveDemoFund(settings: Settings): boolean {
  const { fund, treasury } = settings;
  return isOwnMachine(settings) && fund.bot === null && fund.keys === null && treasury.keys === null;
}

/**
 * The variables of a command that is run beside a start: completed as that completes its own, unless DATABASE_URL names a database.
 * Throws `ConfigurationError` where it names none and nothing was started on the data folder yet.
 */
export function planCommand(variables: Variables): Variables {
  if (variables['DATABASE_URL']) return variables;
  const settings = settingsOf(variables);
  const secrets = keptSecrets(settings.dataDir);
  if (secrets) return withSecrets(variables, settings, secrets);
  throw new ConfigurationError(
    `There is no database: DATABASE_URL is not set, and \`npm start\` has made none in ${settings.dataDir}. ` +
      'Start it first (with the same DATA_DIR), or set DATABASE_URL and SECRET_KEY to those of the API.',
  );
}

function withSecrets(variables: Variables, { embedded }: Settings, secrets: Secrets): Variables {
  const own = `postgresql://perpetua:${secrets.databasePassword}@127.0.0.1:${embedded.postgresPort}/perpetua`;
  return {
    ...variables,
    DATABASE_URL: variables['DATABASE_URL'] || own,
    SECRET_KEY: variables['SECRET_KEY'] || secrets.secretKey,
    ENCRYPTION_KEY: variables['ENCRYPTION_KEY'] || secrets.encryptionKey,
    EXCHANGE_CONTROL_TOKEN: variables['EXCHANGE_CONTROL_TOKEN'] || secrets.controlToken,
  };
}
