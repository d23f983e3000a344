import { createRequire } from 'node:module';
import { renderAsync } from '@resvg/resvg-js';
import { signed } from './format.ts';

/** A day, and what all days up to it came to. */
export interface CurvePoint {
  /** `2026-01-31`. */
  day: string;
  total: number;
}

const [WIDTH, HEIGHT] = [960, 540];
const [LEFT, RIGHT, TOP, BOTTOM] = [110, 30, 30, 50];
const LINES = 4;
const [GAIN, LOSS, GREY, INK] = ['#16a34a', '#dc2626', '#d4d4d8', '#3f3f46'];

/** Its letters are ours: they look the same on every machine. */
const FONT = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');

/** The curve as a PNG picture; its labels are numbers and days alone, which every language reads. */
export async function profitCurve(points: readonly CurvePoint[]): Promise<Buffer> {
  const font = { fontFiles: [FONT], loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' };
  return (await renderAsync(drawing(points), { font })).asPng();
}

function drawing(points: readonly CurvePoint[]): string {
  const totals = points.map(({ total }) => total);
  const [low, high] = [Math.min(0, ...totals), Math.max(0, ...totals)];
  const range = high - low || 1;
  const x = (at: number) => LEFT + ((WIDTH - LEFT - RIGHT) * at) / Math.max(1, points.length - 1);
  const y = (total: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (total - low) / range);
  const line = points.map(({ total }, at) => `${x(at).toFixed(1)},${y(total).toFixed(1)}`).join(' ');
  const levels = Array.from({ length: LINES + 1 }, (_, n) => low + (range * n) / LINES);
  const colour = (totals.at(-1) ?? 0) < 0 ? LOSS : GAIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="DejaVu Sans" font-size="18">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    ...levels.map((level) => across(y(level), signed(level))),
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(0)}" y2="${y(0)}" stroke="${INK}"/>`,
    `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="4" stroke-linejoin="round"/>`,
    ...(points.length > 0 ? [below(LEFT, 'start', points[0]!.day)] : []),
    ...(points.length > 1 ? [below(WIDTH - RIGHT, 'end', points.at(-1)!.day)] : []),
    '</svg>',
  ].join('');
}

function across(y: number, label: string): string {
  return [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="${GREY}"/>`,
    `<text x="${LEFT - 10}" y="${y + 6}" text-anchor="end" fill="${INK}">${label}</text>`,
  ].join('');
}

function below(x: number, anchor: 'start' | 'end', label: string): string {
  return `<text x="${x}" y="${HEIGHT - 15}" text-anchor="${anchor}" fill="${INK}">${label}</text>`;
}
