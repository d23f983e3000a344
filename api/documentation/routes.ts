import { createHash } from 'node:crypto';
import { z } from 'zod';
import { answer, route, type Contract, type Route } from '../route.ts';
import type { ApiSettings } from '../settings.ts';
import { ASSETS } from './assets.ts';
import { describe } from './openapi.ts';

const tag = 'Documentation';
const HTML = 'text/html; charset=utf-8';
/** Both viewers write styles into the page; scripts are files of ours. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/openapi.json` and the pages that show it. */
export function documentationRoutes(contract: Contract, settings: ApiSettings): Route[] {
  return [
    documentRoute('/openapi.json', contract, settings),
    page('/docs', 'Swagger UI', {
      title: settings.name,
      style: 'swagger-ui.css',
      scripts: ['swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js', 'swagger-ui-start.js'],
    }),
    page('/redoc', 'Redoc', { title: settings.name, scripts: ['redoc.js', 'redoc-start.js'] }),
    asset,
  ];
}

/** The OpenAPI document of a contract. */
export function documentRoute(path: string, contract: Contract, settings: ApiSettings): Route {
  const document = describe(contract, settings);
  return route({
    method: 'get',
    path,
    policy: 'public',
    tag,
    summary: 'The OpenAPI document',
    produces: 'application/json',
    responses: { 200: z.string() },
    handler: async () => answer(200, document),
  });
}

interface Page {
  title: string;
  style?: keyof typeof ASSETS;
  scripts: (keyof typeof ASSETS)[];
}

function page(path: string, viewer: string, { title, style, scripts }: Page): Route {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - ${viewer}</title>
<link rel="icon" href="data:,">
${style ? `<link rel="stylesheet" href="/docs/assets/${style}">` : ''}
</head>
<body style="margin: 0">
<div id="page"></div>
${scripts.map((script) => `<script src="/docs/assets/${script}"></script>`).join('\n')}
</body>
</html>
`;
  return route({
    method: 'get',
    path,
    policy: 'public',
    tag,
    summary: `The documentation in ${viewer}`,
    produces: HTML,
    responses: { 200: z.string() },
    handler: async () => answer(200, html, { 'Content-Security-Policy': PAGE_POLICY }),
  });
}

const names = Object.keys(ASSETS) as [keyof typeof ASSETS];

const asset = route({
  method: 'get',
  path: '/docs/assets/{name}',
  policy: 'public',
  tag,
  summary: 'A script or style of the documentation pages',
  params: z.object({ name: z.enum(names) }),
  produces: 'text/plain',
  responses: { 200: z.string() },
  async handler({ params }) {
    const { type, read } = ASSETS[params.name];
    const text = read();
    const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=86400', ETag: tagOf(text) };
    return answer(200, text, headers);
  },
});

/** Weak: the same for the text and its gzip. */
function tagOf(text: string): string {
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
