import { encode } from 'uqr';
import { refuse } from './refusal.ts';

/** A QR code as rows of dark modules, quiet zone not included. */
export interface QrCode { readonly version: number; readonly size: number; readonly rows: readonly (readonly boolean[])[] }

/** Refusal `too_large` when the text does not fit `maxVersion`. */
export function encodeQr(text: string, level: 'L' | 'M' | 'Q' = 'L', maxVersion = 40): QrCode {
  try {
    const { version, size, data } = encode(text, { ecc: level, border: 0, boostEcc: false, maxVersion });
    return { version, size, rows: data };
  } catch {
    return refuse('too_large', 'QR');
  }
}

const QUIET = 4;

/** Draws on whole device pixels, black on white in either colour scheme, as large as fits `maxCssPixels`. */
export function drawQr(canvas: HTMLCanvasElement, code: QrCode, maxCssPixels: number, ratio = globalThis.devicePixelRatio || 1): void {
  const modules = code.size + 2 * QUIET;
  const scale = Math.max(1, Math.floor((maxCssPixels * ratio) / modules));
  const side = modules * scale;
  canvas.width = canvas.height = side;
  canvas.style.inlineSize = canvas.style.blockSize = `${side / ratio}px`;
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.fillStyle = '#000';
  code.rows.forEach((row, y) => row.forEach((dark, x) => {
    if (dark) context.fillRect((x + QUIET) * scale, (y + QUIET) * scale, scale, scale);
  }));
}

/** The same as an SVG element, for pages that print. */
export function qrSvg(code: QrCode, label: string): SVGSVGElement {
  const side = code.size + 2 * QUIET;
  const make = (name: string, attributes: Record<string, string>): SVGElement => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const svg = make('svg', { viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges', class: 'qr' }) as SVGSVGElement;
  svg.append(make('rect', { width: `${side}`, height: `${side}`, fill: '#fff' }), make('path', { d: qrPath(code), fill: '#000' }));
  return svg;
}

/** Path data: one run of dark modules per `M…h…v1h-…z`. */
export function qrPath(code: QrCode): string {
  let path = '';
  code.rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      const length = x - start + 1;
      path += `M${start + QUIET} ${y + QUIET}h${length}v1h-${length}z`;
    }
  });
  return path;
}
