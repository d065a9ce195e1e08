/** The pages without a network: their own files, named by build.mjs. */
import { keepOwnFiles } from '../../../web/sw/own-files.ts';

declare const VERSION: string;
declare const FILES: readonly string[];
declare const LATER: readonly string[];
declare const PAGES: readonly string[];

// The server writes here whose trust packs it has pinned and whether only answers count: another setting is another version of these pages.
keepOwnFiles('verifier', `${VERSION}-${'%pack-signers%'}-${'%require-challenge%'}-${'%archive%'}`, FILES, LATER, PAGES);
