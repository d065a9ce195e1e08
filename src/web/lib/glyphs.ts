import { keep } from './keep.ts';

// Two signs of each script, of different width, and one that no font has.
const NOWHERE = '\u{10fffd}';

/** Whether this device has no letters for a script, shown by `sample` (two signs of it): it draws both as the same empty box that stands for a sign of no font. */
export function lacksLetters(sample: string): boolean {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return false;
  context.font = '40px sans-serif';
  const width = context.measureText(NOWHERE).width;
  return [...sample].every(sign => context.measureText(sign).width === width);
}

/** Gives the page the letters of a script from its own file, where the device has none. The family stands at the end of the page's fonts. */
export async function lendLetters(sample: string, file: string): Promise<void> {
  if (!lacksLetters(sample)) return;
  const font = new FontFace('Identity script', `url("${new URL(file, document.baseURI).href}")`);
  document.fonts.add(font);
  await font.load().then(() => keep(file), () => document.fonts.delete(font));
}
