import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const SCRIPT = 'text/javascript; charset=utf-8';

interface Asset {
  type: string;
  read(): string;
}

/** Every document, of which its bar on top lets one choose. */
const SWAGGER_OPTIONS = `{
  urls: [
    { url: '/openapi.json', name: 'Bots, logs and trades' },
    { url: '/openapi/trading.json', name: 'Users, sign-in and accounts' },
    { url: '/openapi/fund.json', name: 'The fund' },
  ],
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  dom_id: '#page',
  deepLinking: true,
  validatorUrl: null,
}`;

/** What the documentation pages load: from packages and from here, never from elsewhere. */
export const ASSETS = {
  'swagger-ui.css': { type: 'text/css; charset=utf-8', read: packaged('swagger-ui-dist/swagger-ui.css') },
  'swagger-ui-bundle.js': { type: SCRIPT, read: packaged('swagger-ui-dist/swagger-ui-bundle.js') },
  'swagger-ui-standalone-preset.js': {
    type: SCRIPT,
    read: packaged('swagger-ui-dist/swagger-ui-standalone-preset.js'),
  },
  'swagger-ui-start.js': { type: SCRIPT, read: () => `SwaggerUIBundle(${SWAGGER_OPTIONS});\n` },
  'redoc.js': {
    type: SCRIPT,
    read: () => withoutOutsideLogo(packaged('redoc/bundles/redoc.standalone.js')()),
  },
  'redoc-start.js': {
    type: SCRIPT,
    // Its search runs in a worker made from a blob, which the page's policy does not allow.
    read: () => `Redoc.init('/openapi.json', { disableSearch: true }, document.getElementById('page'));\n`,
  },
} as const satisfies Record<string, Asset>;

/** Reads a file of an installed package once. */
function packaged(path: string): () => string {
  let text: string | undefined;
  return () => (text ??= readFileSync(require.resolve(path), 'utf8'));
}

/** Redoc shows its makers' logo from their host; an empty picture takes its place, their name and link stay. */
function withoutOutsideLogo(script: string): string {
  return script.replaceAll(
    'https://cdn.redoc.ly/redoc/logo-mini.svg',
    'data:image/gif;base64,R0lGODlhAQABAAAAACw=',
  );
}
