/** Takes a text's secrets out of it. */
export type Redact = (text: string) => string;

const URLS = /\b(?:https?|wss?):\/\/\S+/gi;
const SIGNATURES = /(signature|api-?key|secret|token|passphrase)(["']?\s*[=:]\s*["']?)[^\s"'&,}]+/gi;

/** Replaces the given secrets, in the forms they travel in, and whatever looks like a URL or a signature. */
export function redactor(secrets: readonly string[]): Redact {
  const forms = secrets.filter((secret) => secret.length > 0).flatMap(formsOf);
  return (text) => {
    let clean = text.replace(URLS, '[url]');
    for (const form of forms) clean = clean.replaceAll(form, '[secret]');
    return clean.replace(SIGNATURES, '$1$2[secret]');
  };
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const base64 = bytes.toString('base64');
  const hex = bytes.toString('hex');
  return [
    ...new Set([
      secret,
      encodeURIComponent(secret),
      base64,
      base64.replace(/=+$/, ''),
      bytes.toString('base64url'),
      hex,
      hex.toUpperCase(),
    ]),
  ];
}
