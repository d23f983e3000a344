/** Every way a request can fail, with the status it is answered with. A closed list: clients may branch on it. */
export const ERROR_STATUS = {
  bad_request: 400,
  unknown_host: 400,
  invalid_input: 400,
  bot_limit_reached: 400,
  bot_is_running: 400,
  transaction_not_found: 400,
  provider_refused: 400,
  keys_refused: 400,
  key_may_withdraw: 400,
  keys_missing: 400,
  unauthenticated: 401,
  invalid_token: 401,
  invalid_credentials: 401,
  locked_out: 401,
  two_factor_required: 401,
  invalid_code: 401,
  factor_locked: 401,
  stale_sign_in: 403,
  email_unverified: 403,
  account_disabled: 403,
  foreign_origin: 403,
  forbidden: 403,
  step_up_required: 403,
  two_factor_setup_required: 403,
  route_not_found: 404,
  bot_not_found: 404,
  session_not_found: 404,
  user_not_found: 404,
  provider_not_found: 404,
  identity_not_found: 404,
  keys_not_found: 404,
  withdrawal_not_found: 404,
  address_not_found: 404,
  proof_not_found: 404,
  telegram_not_linked: 404,
  telegram_not_waiting: 404,
  method_not_allowed: 405,
  command_refused: 409,
  email_taken: 409,
  own_account: 409,
  two_factor_on: 409,
  two_factor_off: 409,
  identity_taken: 409,
  last_way_in: 409,
  keys_exist: 409,
  keys_in_use: 409,
  address_taken: 409,
  idempotency_key_reused: 409,
  body_too_large: 413,
  unsupported_encoding: 415,
  malformed_input: 422,
  upgrade_required: 426,
  rate_limited: 429,
  internal: 500,
  cancel_unconfirmed: 502,
  exchange_failed: 502,
  unavailable: 503,
  provider_unavailable: 503,
  exchange_timeout: 504,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** A value of the right type that breaks a rule. */
export interface FieldFault {
  field: string;
  message: string;
}

/** A value that is missing or of the wrong type, and where it was looked for. */
export interface ShapeFault {
  loc: (string | number)[];
  msg: string;
  type: ShapeFaultType;
}

export type ShapeFaultType =
  | 'value_error.missing'
  | 'value_error.jsondecode'
  | 'type_error.float'
  | 'type_error.integer'
  | 'type_error.bool'
  | 'type_error.str'
  | 'type_error.enum'
  | 'type_error.uuid'
  | 'type_error.dict'
  | 'type_error.list';

interface Details {
  fields?: FieldFault[];
  shape?: ShapeFault[];
  retryAfterSeconds?: number;
  extra?: Record<string, string | boolean>;
  cause?: unknown;
}

/** A designed refusal. Its message is for the caller and says what to do next; nothing secret goes into it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly fields: FieldFault[];
  readonly shape: ShapeFault[];
  readonly retryAfterSeconds: number | null;
  /** What a program is told besides the words. */
  readonly extra: Record<string, string | boolean>;

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    const { fields, shape, retryAfterSeconds, extra, cause } = details;
    super(message, { cause });
    this.code = code;
    this.fields = fields ?? [];
    this.shape = shape ?? [];
    this.retryAfterSeconds = retryAfterSeconds ?? null;
    this.extra = extra ?? {};
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** Values that have the right type and break a rule. */
export function invalidInput(fields: FieldFault[], message = 'Invalid input data'): ApiError {
  return new ApiError('invalid_input', message, { fields });
}

/** Values that are missing or of the wrong type. */
export function malformedInput(shape: ShapeFault[]): ApiError {
  return new ApiError('malformed_input', 'Malformed input', { shape });
}

export function botNotFound(): ApiError {
  return new ApiError('bot_not_found', 'Bot not found');
}

export function unavailable(cause?: unknown): ApiError {
  return new ApiError('unavailable', 'The service is not available right now. Try again in a few seconds.', {
    retryAfterSeconds: 5,
    cause,
  });
}
