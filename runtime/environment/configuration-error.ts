/** Start is refused. The message names every variable that is wrong and how to put it right; it shows no value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
