/** The pages without a network: their own files, named by build.mjs. */
import { keepOwnFiles } from '../../../web/sw/own-files.ts';

declare const VERSION: string;
declare const FILES: readonly string[];
declare const PAGES: readonly string[];

keepOwnFiles('verifier', VERSION, FILES, PAGES);
