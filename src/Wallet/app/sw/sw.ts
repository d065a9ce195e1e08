/** The wallet without a network: its own files, named by build.mjs. */
import { keepOwnFiles } from '../../../web/sw/own-files.ts';

declare const VERSION: string;
declare const FILES: readonly string[];
declare const LATER: readonly string[];

// The server writes here what it has pinned: another pin is another version of the wallet.
keepOwnFiles('wallet', `${VERSION}-${'%verifier-signers%'}`, FILES, LATER);
