/**
 * Parts that are files of their own, loaded when first needed, then kept for offline use. Screens among them take what has state from the page (build.mjs, SHARED);
 * of all else each brings its own copy: classes are not the same.
 */
import { refuse } from '../../../web/lib/refusal.ts';
import { CONTRACTS, DRAWING, HISTORY, MORE, PAGE, PAPER, PAPER_STYLE, PRIVACY, RECOVERY, ROLLING, SCANNER, STRONG } from 'wallet:assets';
import type { Screen } from './router.ts';

const load = (file: string): Promise<unknown> => import(new URL(file, document.baseURI).href).catch(() => refuse(navigator.onLine ? 'unreachable' : 'offline', file));

export const loadScanner = (): Promise<typeof import('../scan/camera.ts')> => load(SCANNER) as ReturnType<typeof loadScanner>;
/** File of the decoder for dense codes in poor light, which the scanner fetches when it needs it. */
export const strongDecoder = STRONG;
export const loadDrawing = (): Promise<typeof import('../answer/drawing.ts')> => load(DRAWING) as ReturnType<typeof loadDrawing>;
export const loadPage = (): Promise<typeof import('../receive/page.ts')> => load(PAGE) as ReturnType<typeof loadPage>;

export const loadPaper = (): Promise<typeof import('../paper/screens.ts')> => load(PAPER) as ReturnType<typeof loadPaper>;

export const loadMore = (): Promise<typeof import('../more/more.ts')> => load(MORE) as ReturnType<typeof loadMore>;

/** Address of the style of what is printed. */
export const paperStyle = (): string => new URL(PAPER_STYLE, document.baseURI).href;

/** A screen out of a part. */
const screenOf = <Part extends Record<string, unknown>>(file: string) => (name: keyof Part): Screen => async (parameters, signal) => {
  const part = await load(file) as Part;
  return signal.aborted ? undefined : (part[name] as Screen)(parameters, signal);
};

export const contractsPart = screenOf<typeof import('../contracts/screens.ts')>(CONTRACTS);
export const historyPart = screenOf<typeof import('../history/screen.ts')>(HISTORY);
export const rollingPart = screenOf<typeof import('../rolling/screens.ts')>(ROLLING);
export const paperPart = screenOf<typeof import('../paper/screens.ts')>(PAPER);
export const loadPrivacy = (): Promise<typeof import('../privacy/screens.ts')> => load(PRIVACY) as ReturnType<typeof loadPrivacy>;
export const privacyPart = screenOf<Pick<typeof import('../privacy/screens.ts'), 'addScreen' | 'diaryLockScreen' | 'diaryScreen' | 'meScreen' | 'personsScreen' | 'whoScreen'>>(PRIVACY);
export const loadRecovery = (): Promise<typeof import('../recovery/screens.ts')> => load(RECOVERY) as ReturnType<typeof loadRecovery>;
export const recoveryPart = screenOf<typeof import('../recovery/screens.ts')>(RECOVERY);
