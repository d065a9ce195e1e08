import { isForeign } from '../../../web/lib/foreign.ts';

/** What a scanned, pasted or opened text is. Nothing is fetched here, and a web address is never opened. */
export type Sorted =
  /** A proof of a phone, a paper's code, or a credential as text: something to check. */
  | { readonly kind: 'proof' | 'credential'; readonly text: string }
  | { readonly kind: 'empty' | 'offer' | 'request' | 'challenge' | 'web' | 'foreign' | 'other' };

export const MAX_CHARACTERS = 128 * 1024;

/** Line breaks come from mails and editors; the proof's alphabet has a blank of its own, which stays. */
export function sort(given: string): Sorted {
  const text = given.replace(/^\uFEFF/, '').trim();
  if (text === '') return { kind: 'empty' };
  if (/^ID[PD]:/.test(text)) return { kind: 'proof', text: text.replace(/[\r\n\t]/g, '') };
  if (text.startsWith('IDC:')) return { kind: 'challenge' };
  if (/^openid-credential-offer:/i.test(text) || /#offer\?/.test(text)) return { kind: 'offer' };
  if (/^(openid4vp|haip|haip-vp):/i.test(text) || /#present\?/.test(text)) return { kind: 'request' };
  if (/^https?:/i.test(text)) return { kind: 'web' };
  if (isForeign(text)) return { kind: 'foreign' };
  const joined = text.replace(/\s/g, '');
  // header.payload.signature, then disclosures, each closed by "~"
  return /^[\w-]+\.[\w-]*\.[\w-]*(~[\w.-]*)*$/.test(joined) ? { kind: 'credential', text: joined } : { kind: 'other' };
}
