import { numberOf } from '../../../web/lib/recovery/code.ts';
import { classify } from '../scan/classify.ts';

/** What a field is for. */
export type Wanted = 'offer' | 'question' | 'card' | 'recovery';

/** Undefined where a text belongs into the field; else what it is: a key of the scanner's words (DeskView.ScanWords). */
export function belongs(text: string, wanted: Wanted, ownOrigin: string): { readonly kind: Wanted | 'paper' | 'proof' | 'web' | 'other'; readonly host?: string } | undefined {
  const kind = kindOf(text, ownOrigin);
  return kind.kind === wanted ? undefined : kind;
}

function kindOf(text: string, ownOrigin: string): { readonly kind: Wanted | 'paper' | 'proof' | 'web' | 'other'; readonly host?: string } {
  if (/^IDM:[\w-]{43}$/.test(text.trim())) return { kind: 'card' };
  if (numberOf(text.trim()) !== undefined) return { kind: 'recovery' };
  const found = classify(text, ownOrigin);
  switch (found.kind) {
    case 'offer': case 'paper': case 'proof': return { kind: found.kind };
    case 'request': case 'challenge': return { kind: 'question' };
    case 'web': return { kind: 'web', host: found.host };
    default: return { kind: 'other' };
  }
}
