/** Loads a part of the page that is a file of its own. Failure `offline` where it cannot be had. */
import { Failure } from './api.ts';

export const loadPart = <T>(file: string): Promise<T> => import(new URL(file, document.baseURI).href).catch(() => { throw new Failure('offline', 'part of the page'); });
