/** Parts that are files of their own, loaded when first needed, then kept for offline use. Each brings its own copies of what it shares: classes are not the same. */
import { refuse } from '../../../web/lib/refusal.ts';
import { DRAWING, PAGE, SCANNER } from 'wallet:assets';

const load = (file: string): Promise<unknown> => import(new URL(file, document.baseURI).href).catch(() => refuse(navigator.onLine ? 'unreachable' : 'offline', file));

export const loadScanner = (): Promise<typeof import('../scan/camera.ts')> => load(SCANNER) as ReturnType<typeof loadScanner>;
export const loadDrawing = (): Promise<typeof import('../answer/drawing.ts')> => load(DRAWING) as ReturnType<typeof loadDrawing>;
export const loadPage = (): Promise<typeof import('../receive/page.ts')> => load(PAGE) as ReturnType<typeof loadPage>;
