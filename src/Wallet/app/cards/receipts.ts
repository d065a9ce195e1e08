/** The proof that a copy stands in the public log: asked of the issuer, kept on the phone, checked as far as a phone can. */
import { sha256, toHex } from '../../../web/lib/bytes.ts';
import { isObject, parseJsonObject } from '../../../web/lib/json.ts';
import { send } from '../../../web/lib/net.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { parseSdJwt } from '../../../web/lib/sdjwt.ts';
import { copies, keepReceipt, type Card, type ReceiptFacts } from '../store/cards.ts';

const MAX_BYTES = 512 * 1024;

export interface CopyReceipt {
  readonly order: number;
  /** Hex. */
  readonly entry: string;
  /** Undefined: not anchored yet, or the issuer could not be reached. */
  readonly receipt: ReceiptFacts | undefined;
}
export interface Receipts { readonly copies: readonly CopyReceipt[]; readonly reached: boolean }

/** All receipts of a card; those that prove themselves are not asked for again. */
export async function receiptsOf(card: Card, outside: Outside): Promise<Receipts> {
  let reached = true;
  const found: CopyReceipt[] = [];
  for (const copy of await copies(card.id)) {
    const entry = toHex(await sha256(parseSdJwt(copy.content.sdJwt).jwt.compact));
    let receipt = copy.content.receipt;
    if (!receipt?.anchor || !receipt.state) {
      try {
        const fresh = await fetchReceipt(card.issuer.iss, entry, outside);
        if (fresh) await keepReceipt(copy.id, fresh);
        receipt = fresh ?? receipt;
      } catch {
        if (!receipt?.anchor) reached = false;
      }
    }
    found.push({ order: copy.order, entry, receipt });
  }
  return { copies: found, reached };
}

/** Undefined while the log has not taken the entry in. */
export async function fetchReceipt(issuer: string, entry: string, outside: Outside): Promise<ReceiptFacts | undefined> {
  const reply = await send(new URL(`/log/receipt/${entry}`, issuer).href, { accept: 'application/json' }, outside, MAX_BYTES);
  if (reply.status === 404 || reply.status === 202) return undefined;
  if (reply.status !== 200) throw new Error(`receipt: ${reply.status}`);
  const answer = parseJsonObject(reply.body, 8, MAX_BYTES);
  const { proof, anchor, state } = answer;
  if (typeof proof !== 'string') throw new Error('receipt without proof');
  return { proof, anchor: isObject(anchor) ? anchor : null, state: isObject(state) ? state : null };
}

/** The file a person keeps: proofs and coordinates, nothing personal. */
export function receiptFile(card: Card, receipts: Receipts): Blob {
  const content = {
    format: 'identity-receipts/1',
    type: card.vct,
    issuer: card.issuer.iss,
    copies: receipts.copies.map(({ entry, receipt }) => ({ entry, proof: receipt?.proof ?? null, anchor: receipt?.anchor ?? null, ...(receipt?.state ? { state: receipt.state } : {}) })),
  };
  return new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' });
}
