/** The pages without a network: their own files, named by build.mjs. */
import { keepOwnFiles } from '../../../web/sw/own-files.ts';

declare const VERSION: string;
declare const FILES: readonly string[];
declare const PAGES: readonly string[];

// The server writes here whose trust packs it has pinned: another pin is another version of these pages.
keepOwnFiles('verifier', `${VERSION}-${'%pack-signers%'}`, FILES, PAGES);
