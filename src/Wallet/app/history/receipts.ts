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

/** A day: as long as the verifier keeps it. Milliseconds. */
const KEPT = 24 * 3600_000;

/** What the receipts of a showing say, as far as they are about it and by the one who asked. */
export async function said(event: Event): Promise<Said> {
  const receipts = event.receipts ?? [];
  if (receipts.length === 0) return { verdicts: [], unfit: false };
  const keys = await keysOf(event);
  const found = await Promise.all(receipts.map(text => readReceipt(text).then(receipt => fits(receipt, event, keys) ? OUTCOMES.find(one => one === receipt.outcome) : undefined).catch(refusal)));
  const verdicts = found.filter(outcome => outcome !== undefined);
  return { verdicts, unfit: verdicts.length < receipts.length };
}

/** Whether a receipt that is not here yet could be had. */
export const mayAsk = (event: Event, { verdicts }: Said): boolean =>
  event.outcome === 'shared' && event.way === 'code' && verdicts.length === 0 && event.from !== undefined && presentations(event).length > 0 && Date.now() - event.at < KEPT;

/** The showing with its receipt, from the verifier that asked, by the digest of what was shown. Refusals `request_gone` where there is none, `not_matched` for one that does not fit, network codes. */
export async function askReceipt(event: Event, outside: Outside): Promise<Event> {
  const [digest] = presentations(event);
  const reply = await send(`${event.from?.replace(/\/$/, '')}/receipts/${digest}`, { accept: 'application/jwt' }, outside, MAX_RECEIPT);
  if (reply.status !== 200) refuse('request_gone', `${reply.status}`);
  const receipts = [fromUtf8(reply.body).trim()];
  if ((await said({ ...event, receipts })).unfit) refuse('not_matched', 'receipt');
  return { ...event, receipts };
}

/** The signed things about a showing, as a file for somebody else. */
export const evidenceOf = ({ at, shared, question, receipts }: Event): object =>
  ({ at: new Date(at).toISOString(), lines: shared.flatMap(({ line }) => line ?? []), question: question ?? null, receipts: receipts ?? [] });

/** Digests of what was shown, out of our own lines. */
const presentations = ({ shared }: Event): string[] => shared.flatMap(({ line }) => line === undefined ? [] : [parseJws(line).payload['presentation']]).filter(digest => typeof digest === 'string');

const fits = (receipt: Receipt, event: Event, keys: readonly string[]): boolean => keys.includes(receipt.key) && presentations(event).includes(receipt.presentation);

/** A verifier signs requests and challenges with one key each; the register says which belong together. */
async function keysOf({ key }: Event): Promise<readonly string[]> {
  if (key === undefined) return [];
  return (await verifierList())?.verifiers.find(({ profile }) => profile.keys.includes(key))?.profile.keys ?? [key];
}

function refusal(error: unknown): undefined {
  if (!(error instanceof Refusal)) throw error;
}
