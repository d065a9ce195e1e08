import { paperStyle } from '../shell/later.ts';

/** Loads how things look on paper: a file of its own, kept for use without a network like every other. */
export async function withPaperStyle(): Promise<void> {
  const href = paperStyle();
  if ([...document.styleSheets].some(style => style.href === href)) return;
  await new Promise<void>((resolve, reject) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href });
    link.onload = () => resolve();
    link.onerror = () => reject(new Error('paper style'));
    document.head.append(link);
  });
}
