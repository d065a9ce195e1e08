/** What a file of receipts, or a wallet's evidence of a showing, says; the same files as verify-receipt reads. */
import { isObject, parseJson, type Json } from '../../../web/lib/json.ts';
import { readLine, type ShownLine } from '../../../web/lib/receipt/line.ts';
import { readReceipt, type Receipt } from '../../../web/lib/receipt/receipt.ts';
import { digestOf } from '../../../web/lib/receipt/shown.ts';
import { refuse, Refusal } from '../../../web/lib/refusal.ts';

/** Each signed by the key inside; `bad`: it is none, or was changed, or the question beside a wallet's line is missing or another one. */
export type Found = { readonly kind: 'receipt'; readonly receipt: Receipt } | { readonly kind: 'line'; readonly line: ShownLine } | { readonly kind: 'bad' };

/** A scanner keeps 500. */
const MOST = 1000;

/** In the order of the file, receipts first. Refusals `malformed` where there is nothing of the kind in it, `too_large`. */
export async function readFile(text: string): Promise<readonly Found[]> {
  const { receipts, lines, question } = parts(text.replace(/^\uFEFF/, '').trim());
  if (receipts.length + lines.length === 0) refuse('malformed', 'file of receipts');
  if (receipts.length + lines.length > MOST) refuse('too_large', 'file of receipts');
  return Promise.all([
    ...receipts.map(one => readReceipt(one).then((receipt): Found => ({ kind: 'receipt', receipt }), bad)),
    ...lines.map(one => readLine(one).then(async (line): Promise<Found> =>
      line.question === undefined || question !== undefined && await digestOf(question) === line.question ? { kind: 'line', line } : { kind: 'bad' }).catch(bad)),
  ]);
}

function parts(text: string): { readonly receipts: readonly string[]; readonly lines: readonly string[]; readonly question: string | undefined } {
  if (!text.startsWith('{')) return { receipts: text.split('\n').map(line => line.trim()).filter(line => line !== ''), lines: [], question: undefined };
  const json = parseJson(text, 4);
  if (!isObject(json) || !texts(json['receipts']) || !texts(json['lines'])) return refuse('malformed', 'evidence');
  return { receipts: json['receipts'], lines: json['lines'], question: typeof json['question'] === 'string' ? json['question'] : undefined };
}

const texts = (value: Json | undefined): value is string[] => Array.isArray(value) && value.every(item => typeof item === 'string');

function bad(error: unknown): Found {
  if (!(error instanceof Refusal)) throw error;
  return { kind: 'bad' };
}
