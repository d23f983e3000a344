import type { Provider } from './open-id.ts';

const LIFE_SECONDS = 600;

/**
 * The cookie that ties a sign-in by a provider to the browser it was begun in: no script reads it, and it comes along when
 * the provider sends the browser back, and with nothing that another site sends. Where the callback is https the browser
 * takes it from this host only, over https only.
 */
export function browserCookie({ callback }: Pick<Provider, 'callback'>) {
  const isSecure = callback.protocol === 'https:';
  const name = isSecure ? '__Host-oauth' : 'oauth';
  const header = (value: string, seconds: number) => ({
    'Set-Cookie': `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`,
  });
  return {
    name,
    given: (value: string) => header(value, LIFE_SECONDS),
    taken: () => header('', 0),
  };
}
