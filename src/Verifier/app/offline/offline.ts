/**
 * Checking without a network, as a file of its own: a trust pack of a pinned signer, questions that the public page signed in advance, and the engine that judges by
 * them. The verdict is the one that the service would give from the same pack.
 */
import { equalBytes } from '../../../web/lib/bytes.ts';
import { parseChallenge, type Challenge } from '../../../web/lib/compact/challenge.ts';
import { encodeQr, qrSvg } from '../../../web/lib/qr.ts';
import { Refusal, refuse } from '../../../web/lib/refusal.ts';
import { applyDelta, readTrustPack, type TrustPack } from '../../../web/lib/trustpack/pack.ts';
import type { Pin } from '../../../web/lib/trustpack/statement.ts';
import type { TypeDefinition } from '../../../web/lib/types.ts';
import { examine, type Expectations } from '../../../web/lib/verdict/examine.ts';
import { DEFAULT_POLICY, type Verdict } from '../../../web/lib/verdict/verdict.ts';
import { asksOf, claimsOf } from './asked.ts';
import { compare, doubted, look, type Standing } from './clock.ts';
import { queue } from './receipts.ts';
import { alone, keep, kept, type Stock, type StoredQuestion } from './store.ts';

export { readFile } from '../receipts/read.ts';
export { register } from '../receipts/register.ts';
export { forgetReceipts, prune, receipts, savedReceipts, send } from './receipts.ts';

/** A question on the screen; without a text where the stock is used up: then codes that need no question are held against what it asks. */
export interface Asked {
  /** Undefined for a desk's own question: the public page signs no receipt for it. */
  readonly template: string | undefined;
  readonly text: string | undefined;
  readonly question: Pick<Challenge, 'digest' | 'type' | 'required'>;
  readonly values: StoredQuestion['values'];
  readonly since: { readonly running: number; readonly device: number };
  answered: boolean;
}
/** What this device says; `queued`: its receipt comes when there is a network. */
export interface Judged { readonly verdict: Verdict; readonly queued: boolean }
/** What is at hand; Unix seconds. `isOver`: it has run out, or this device's clock was set back and nobody knows. */
export interface Ready { readonly madeAt: number; readonly goodUntil: number; readonly version: number; readonly questions: number; readonly isOver: boolean; readonly clock: Standing }

const TIMEOUT = 60_000;
/** New questions are fetched when fewer of one are left. */
const FEW = 4;
/** And after a day, in milliseconds: the key of the public page may have changed. */
const FRESH = 24 * 3600_000;
/** How long a question counts, in milliseconds. */
export const LIFE = 180_000;

const seconds = (): number => Math.floor(Date.now() / 1000);
/** Unix seconds, as far as this device knows. */
const time = async (): Promise<number> => (await look(seconds(), 0)).time;
/** Keys whose packs count, as the server wrote them into this version of the page: one, or two while it changes. */
const signers = (): string[] => document.querySelector<HTMLMetaElement>('meta[name="pack-signers"]')?.content.split(' ').filter(text => /^[\w-]{43}$/.test(text)).slice(0, 2) ?? [];

/** What the service demands of every check is part of the page, too. */
const policy = (): typeof DEFAULT_POLICY => ({ ...DEFAULT_POLICY, requireChallenge: document.querySelector<HTMLMetaElement>('meta[name="require-challenge"]')?.content === 'true' });

let pack: TrustPack | undefined;
// Another tab took a newer one.
const changed = new BroadcastChannel('identity-verifier');
changed.onmessage = () => { pack = undefined; };

async function held(): Promise<TrustPack | undefined> {
  if (pack) return pack;
  const file = await kept('pack');
  // The device's clock may have been set back since: a pack that was taken once is not refused for its date again, its verdicts are open instead.
  pack = file && await readTrustPack(file, { signers: signers(), heldVersion: 0, now: Number.MAX_SAFE_INTEGER }).catch(notOurs);
  return pack;
}

// Another pin, or a damaged file: as if there were none.
function notOurs(error: unknown): undefined {
  if (!(error instanceof Refusal)) throw error;
}

export async function ready(): Promise<Ready | undefined> {
  const current = await held();
  if (!current) return undefined;
  const clock = await look(seconds(), current.headTime);
  const isOver = clock.isBack || Math.max(clock.time, clock.latest) >= current.goodUntil;
  return { isOver, clock, madeAt: current.headTime, goodUntil: current.goodUntil, version: current.statement.version, questions: (await stock()).list.reduce((sum, { texts }) => sum + texts.length, 0) };
}

const stock = async (): Promise<Stock> => await kept('questions') ?? { language: '', at: 0, list: [] };

async function put(newer: TrustPack, file: Uint8Array<ArrayBuffer>): Promise<void> {
  await keep('pack', file);
  pack = newer;
  changed.postMessage('');
}

/** Takes a pack from a file; what is at hand stays where it is refused. Refusals of `readTrustPack`. */
export const take = (file: Uint8Array<ArrayBuffer>): Promise<Ready | undefined> => alone('pack', async () => {
  pack = undefined; // what is on disk counts, not what this tab read once
  await put(await readTrustPack(file, { signers: signers(), heldVersion: (await held())?.statement.version ?? 0, now: await time() }), file);
  return ready();
});

/** Looks for a newer pack and for questions. Refusals of `readTrustPack`, and `unreachable` where no pack could be had; without new questions the old ones serve. */
export const refresh = (language: string): Promise<Ready | undefined> => alone('pack', async () => {
  await renewPack();
  const held = await stock();
  if (held.language !== language || Math.abs(Date.now() - held.at) > FRESH || held.list.some(({ texts }) => texts.length < FEW)) await renewQuestions(language).catch(() => undefined);
  return ready();
});

async function renewQuestions(language: string): Promise<void> {
  const answer = await get('/api/offline-questions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ language }) });
  if (!answer.ok) return;
  const list = await Promise.all((JSON.parse(new TextDecoder().decode(answer.body)) as StoredQuestion[]).map(async ({ template, values, texts }) => {
    const [first] = await Promise.all(texts.map(parseChallenge)); // none is kept that a wallet would refuse
    return { template, values, texts, type: first!.type, required: first!.required };
  }));
  await alone('questions', () => keep('questions', { language, at: Date.now(), list })); // asked for meanwhile, a question is not kept waiting by a slow network
}

async function renewPack(): Promise<void> {
  pack = undefined;
  const current = await held();
  const pin = async (): Promise<Pin> => ({ signers: signers(), heldVersion: current?.statement.version ?? 0, now: await time() }); // as corrected by the answer that brings it
  let newer: TrustPack | undefined;
  if (current) {
    const delta = await get(`/trust/pack/${current.statement.version}`);
    if (delta.status === 204) return;
    if (delta.ok) newer = await applyDelta(current, delta.body, await pin()).catch(notOurs); // one that does not fit: the whole pack then
  }
  if (!newer) {
    const whole = await get('/trust/pack');
    if (!whole.ok) refuse('unreachable', 'trust pack');
    newer = await readTrustPack(whole.body, await pin());
  }
  await put(newer, await newer.encode());
}

/** The whole answer: a connection that ends in the middle is one that could not be had. */
async function get(path: string, init: RequestInit = {}): Promise<{ readonly ok: boolean; readonly status: number; readonly body: Uint8Array<ArrayBuffer> }> {
  try {
    const response = await fetch(path, { cache: 'no-store', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(TIMEOUT), ...init });
    await compare(response.headers.get('date')).catch(() => undefined);
    return { ok: response.ok, status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
  } catch {
    return refuse('unreachable', path);
  }
}

let last: Asked | undefined;

/** Milliseconds that a question still counts, by the clock that ran longer: one of the two stands still while a device sleeps. */
export const left = ({ since }: Asked): number => LIFE - Math.max(performance.now() - since.running, Date.now() - since.device);

/**
 * The next question of a template, used up by being shown; the last one again while it counts and has no answer, also where a screen is drawn again before it came. Undefined for a
 * template that was never fetched.
 */
export const ask = (template: string): Promise<Asked | undefined> => alone('questions', async () => {
  if (last?.template === template && last.text !== undefined && !last.answered && left(last) > LIFE / 2) return last;
  const held = await stock();
  const question = held.list.find(one => one.template === template);
  if (!question) return undefined;
  const [text, ...texts] = question.texts;
  if (text !== undefined) await keep('questions', { ...held, list: held.list.map(one => one === question ? { ...one, texts } : one) });
  last = {
    template, text, values: question.values, since: { running: performance.now(), device: Date.now() }, answered: false,
    question: text === undefined ? { digest: new Uint8Array(), type: question.type, required: question.required } : await parseChallenge(text),
  };
  return last;
});

/** A question that the service made at `since`, for an answer that does not reach it. */
export const askedByService = async (text: string, template: string | undefined, values: Asked['values'], since: Asked['since']): Promise<Asked> =>
  ({ template, text, values, since, answered: false, question: await parseChallenge(text) });

/** The question as a picture. */
export const picture = (text: string, label: string): SVGSVGElement => qrSvg(encodeQr(text, 'L'), label);

/** Judges what the camera read: an answer to `asked`, once, or a code that needs no question, held against what is asked. Refusals `offline` (no pack at hand) and `answered` (or too late). */
export async function answer(text: string, asked: Asked, types: readonly TypeDefinition[]): Promise<Judged> {
  if (asked.answered || left(asked) <= 0) refuse('answered', 'offline');
  const shown = claimsOf(text);
  // Used up before anything is judged: of two at once, one counts.
  if (shown?.binding && equalBytes(shown.binding, asked.question.digest)) asked.answered = true;
  const { verdict, at } = await judge(text, { kind: 'challenge', question: asked.question, ...asksOf(shown?.claims, asked.question.type, asked.values, types) }, types);
  // No verdict is kept back because its receipt could not be.
  const queued = asked.template !== undefined && await queue(text, asked.text, asked.template, verdict, at).catch(() => false);
  return { verdict, queued };
}

/** Judges a picture or a pasted text: nobody is asked to prove that it is theirs, and without a question no receipt is signed later. Refusal `offline` where no pack is at hand. */
export const check = async (text: string, types: readonly TypeDefinition[]): Promise<Judged> => ({ verdict: (await judge(text, { kind: 'file' }, types)).verdict, queued: false });

async function judge(text: string, expectations: Expectations, types: readonly TypeDefinition[]): Promise<{ readonly verdict: Verdict; readonly at: number }> {
  const trust = await held() ?? refuse('offline', 'no trust pack');
  const clock = await look(seconds(), trust.headTime);
  const { verdict } = await examine(text, expectations, trust, types, clock.time, policy(), clock);
  return { verdict: doubted(verdict, clock), at: clock.time };
}
