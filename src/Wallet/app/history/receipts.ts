/** Which verdicts the verifier signed about a showing, and asking for them later. */
import { fromUtf8 } from '../../../web/lib/bytes.ts';
import { parseJws } from '../../../web/lib/jws.ts';
import { send } from '../../../web/lib/net.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { MAX_RECEIPT, readReceipt, type Receipt } from '../../../web/lib/receipt/receipt.ts';
import { refuse, Refusal } from '../../../web/lib/refusal.ts';
import { verifierList } from '../store/verifiers.ts';
import type { Event } from '../store/history.ts';

const OUTCOMES = ['valid', 'not_valid', 'cannot_tell'] as const;
type Outcome = typeof OUTCOMES[number];

/** `unfit`: a receipt came that is not about this showing, or not by who asked. */
export interface Said { readonly verdicts: readonly Outcome[]; readonly unfit: boolean }

/** Where it is looked up which keys belong to one verifier. */
type Register = typeof verifierList;

/** Four days, in milliseconds: a scanner without a network brings its check within 72 hours, and the verifier keeps the receipt for a day from then. */
const KEPT = 96 * 3600_000;

/** What the receipts of a showing say, as far as they are about it and by the one who asked. */
export async function said(event: Event, register: Register = verifierList): Promise<Said> {
  const receipts = event.receipts ?? [];
  if (receipts.length === 0) return { verdicts: [], unfit: false };
  const keys = await keysOf(event, register);
  const found = await Promise.all(receipts.map(text => readReceipt(text).then(receipt => fits(receipt, event, keys) ? OUTCOMES.find(one => one === receipt.outcome) : undefined).catch(refusal)));
  const verdicts = found.filter(outcome => outcome !== undefined);
  return { verdicts, unfit: verdicts.length < receipts.length };
}

/** Whether a receipt that is not here yet could be had. `now` in Unix milliseconds. */
export const mayAsk = (event: Event, { verdicts }: Said, now: number): boolean =>
  event.outcome === 'shared' && event.way === 'code' && verdicts.length === 0 && event.from !== undefined && presentations(event).length > 0 && now - event.at < KEPT;

/** The showing with its receipt, from the verifier that asked, by the digest of what was shown. Refusals `request_gone` where there is none, `not_matched` for one that does not fit, network codes. */
export async function askReceipt(event: Event, outside: Outside, register: Register = verifierList): Promise<Event> {
  const [digest] = presentations(event);
  const reply = await send(`${event.from?.replace(/\/$/, '')}/receipts/${digest}`, { accept: 'application/jwt' }, outside, MAX_RECEIPT);
  if (reply.status !== 200) refuse('request_gone', `${reply.status}`);
  const receipts = [fromUtf8(reply.body).trim()];
  if ((await said({ ...event, receipts }, register)).unfit) refuse('not_matched', 'receipt');
  return { ...event, receipts };
}

/** Asks for every receipt that is not here yet, one after the other, and gives `found` each showing that has one now. What cannot be had, or not now, is passed over. */
export async function lookForReceipts(events: readonly Event[], outside: Outside, found: (event: Event) => Promise<void>, signal: AbortSignal, register: Register = verifierList): Promise<void> {
  for (const event of events) {
    if (!mayAsk(event, await said(event, register), outside.now() * 1000)) continue;
    const fresh = await askReceipt(event, outside, register).catch(refusal);
    if (signal.aborted) return;
    if (fresh) await found(fresh);
  }
}

/** The signed things about a showing, as a file for somebody else. */
export const evidenceOf = ({ at, shared, question, receipts }: Event): object =>
  ({ at: new Date(at).toISOString(), lines: shared.flatMap(({ line }) => line ?? []), question: question ?? null, receipts: receipts ?? [] });

/** Digests of what was shown, out of our own lines. */
const presentations = ({ shared }: Event): string[] => shared.flatMap(({ line }) => line === undefined ? [] : [parseJws(line).payload['presentation']]).filter(digest => typeof digest === 'string');

const fits = (receipt: Receipt, event: Event, keys: readonly string[]): boolean => keys.includes(receipt.key) && presentations(event).includes(receipt.presentation);

/** A verifier signs requests and challenges with one key each; the register says which belong together. */
async function keysOf({ key }: Event, register: Register): Promise<readonly string[]> {
  if (key === undefined) return [];
  return (await register())?.verifiers.find(({ profile }) => profile.keys.includes(key))?.profile.keys ?? [key];
}

function refusal(error: unknown): undefined {
  if (!(error instanceof Refusal)) throw error;
}
