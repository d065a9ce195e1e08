/** Limits of both versions; bytes of COSE, nesting of CBOR. */
export const MAX_PROOF = 2000;
export const MAX_CHALLENGE = 600;
export const MAX_CREDENTIAL = 16_384;
export const MAX_ISSUER_PART = 600;
export const MAX_PAPER = 600;
/** Most bytes of a paper that is issued: a code of version 15 at level M. */
export const MAX_PAPER_ISSUED = 397;
export const MAX_DEPTH = 6;
export const MAX_LEAVES = 64;
export const MAX_TEXTS = 32;
/** Longest type identifier, purpose and name, in UTF-16 units. */
export const MAX_TYPE = 120;
export const MAX_WORDS = 80;
export const MAX_PURPOSE_ID = 40;
/** Keys, counts and indices fit 31 bits; times end with the year 9999. */
export const MAX_SMALL = 0x7fffffff;
export const MAX_TIME = 253_402_300_799;

/** What each kind of signature is made over besides its content (external_aad). */
export const ISSUER_CONTEXT = 'identity-compact-issuer-v1';
export const HOLDER_CONTEXT = 'identity-compact-holder-v1';
export const PAPER_CONTEXT = 'identity-compact-paper-v1';
export const CHALLENGE_CONTEXT = 'identity-challenge-v1';
