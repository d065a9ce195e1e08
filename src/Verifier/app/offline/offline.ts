/**
 * Checking without a network, as a file of its own: a trust pack of a pinned signer, questions that the public page signed in advance, and the engine that judges by
 * them. The verdict is the one that the service would give from the same pack.
 */
import { parseChallenge, type Challenge } from '../../../web/lib/compact/challenge.ts';
import { readProof } from '../../../web/lib/compact/verify.ts';
import { encodeQr, qrSvg } from '../../../web/lib/qr.ts';
import { Refusal, refuse } from '../../../web/lib/refusal.ts';
import { applyDelta, readTrustPack, type TrustPack } from '../../../web/lib/trustpack/pack.ts';
import { findType, type TypeDefinition } from '../../../web/lib/types.ts';
import { examine, type AskResult, type Expectations } from '../../../web/lib/verdict/examine.ts';
import { DEFAULT_POLICY, type Verdict } from '../../../web/lib/verdict/verdict.ts';
import { alone, keep, kept, type StoredQuestion } from './store.ts';

/** A question on the screen. */
export interface Asked { readonly text: string; readonly challenge: Challenge; readonly values: StoredQuestion['values']; answered: boolean }
/** What is at hand; Unix seconds. */
export interface Ready { readonly madeAt: number; readonly goodUntil: number; readonly version: number; readonly questions: number }

const TIMEOUT = 60_000;
/** New questions are fetched when fewer of one are left. */
const FEW = 4;

const seconds = (): number => Math.floor(Date.now() / 1000);
/** Keys whose packs count, as the server wrote them into this version of the page. */
const signers = (): string[] => document.querySelector<HTMLMetaElement>('meta[name="pack-signers"]')?.content.split(' ').filter(text => /^[\w-]{43}$/.test(text)) ?? [];

let pack: TrustPack | undefined;

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
  return current && { madeAt: current.headTime, goodUntil: current.goodUntil, version: current.statement.version, questions: (await kept('questions') ?? []).reduce((sum, { texts }) => sum + texts.length, 0) };
}

/** Takes a pack from a file; what is at hand stays where it is refused. Refusals of `readTrustPack`. */
export const take = (file: Uint8Array<ArrayBuffer>): Promise<Ready | undefined> => alone(async () => {
  const read = await readTrustPack(file, { signers: signers(), heldVersion: (await held())?.statement.version ?? 0, now: seconds() });
  await keep('pack', file);
  pack = read;
  return ready();
});

/** Looks for a newer pack and for questions. Refusals of `readTrustPack`, and `unreachable`. */
export const refresh = (language: string): Promise<Ready | undefined> => alone(async () => {
  await renewPack();
  const questions = await kept('questions') ?? [];
  if (questions.length === 0 || questions.some(({ texts }) => texts.length < FEW)) {
    const response = await get('/api/offline-questions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ language }) });
    if (response.ok) await keep('questions', await response.json() as StoredQuestion[]);
  }
  return ready();
});

async function renewPack(): Promise<void> {
  const current = await held();
  const pin = { signers: signers(), heldVersion: current?.statement.version ?? 0, now: seconds() };
  let newer: TrustPack | undefined;
  if (current) {
    const response = await get(`/trust/pack/${current.statement.version}`);
    if (response.status === 204) return;
    if (response.ok) newer = await applyDelta(current, new Uint8Array(await response.arrayBuffer()), pin).catch(notOurs); // a delta that does not fit: the whole pack then
  }
  if (!newer) {
    const response = await get('/trust/pack');
    if (!response.ok) refuse('unreachable', 'trust pack');
    newer = await readTrustPack(new Uint8Array(await response.arrayBuffer()), pin);
  }
  await keep('pack', await newer.encode());
  pack = newer;
}

async function get(path: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(path, { cache: 'no-store', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(TIMEOUT), ...init });
  } catch {
    return refuse('unreachable', path);
  }
}

/** The next question of a template, which is used up by being shown; undefined where none is left. */
export async function ask(template: string): Promise<Asked | undefined> {
  const text = await alone(async () => {
    const questions = await kept('questions') ?? [];
    const found = questions.find(question => question.template === template && question.texts.length > 0);
    if (!found) return undefined;
    await keep('questions', questions.map(question => question === found ? { ...question, texts: question.texts.slice(1) } : question));
    return { text: found.texts[0]!, values: found.values };
  });
  return text && { ...text, challenge: await parseChallenge(text.text), answered: false };
}

/** The question as a picture. */
export const picture = (text: string, label: string): SVGSVGElement => qrSvg(encodeQr(text, 'L'), label);

// The same code before the camera again is told the same, as long as it counts at all.
const told = new Map<string, { readonly verdict: Verdict; readonly at: number }>();

/**
 * Judges what the camera read: an answer to `asked`, once, or a code that needs no question. Refusals `offline` (no pack at hand) and `answered`.
 */
export async function answer(text: string, asked: Asked | undefined, types: readonly TypeDefinition[]): Promise<Verdict> {
  const before = told.get(text);
  if (before && performance.now() - before.at < DEFAULT_POLICY.rollingWindow * 1000) return before.verdict;
  if (asked?.answered) refuse('answered', 'offline');
  const verdict = await judge(text, asked ? { kind: 'challenge', question: asked.challenge, ...asksOf(text, asked, types) } : { kind: 'shown' }, types);
  if (asked && verdict.binding === 'challenge') asked.answered = true;
  if (verdict.binding === 'rolling' && verdict.outcome !== 'cannot_tell') told.set(text, { verdict, at: performance.now() });
  return verdict;
}

/** Judges a picture or a pasted text: nobody is asked to prove that it is theirs. Refusal `offline` where no pack is at hand. */
export const check = (text: string, types: readonly TypeDefinition[]): Promise<Verdict> => judge(text, { kind: 'file' }, types);

async function judge(text: string, expectations: Expectations, types: readonly TypeDefinition[]): Promise<Verdict> {
  const trust = await held() ?? refuse('offline', 'no trust pack');
  return (await examine(text, expectations, trust, types, seconds())).verdict;
}

/** The question asks for claims; the values they must have are ours to compare. */
function asksOf(text: string, { challenge, values }: Asked, types: readonly TypeDefinition[]): { asks?: AskResult } {
  let claims: ReadonlyMap<number, unknown>;
  try {
    ({ claims } = readProof(text));
  } catch {
    return {}; // a paper, or nothing of ours: the engine says which
  }
  const type = findType(types, challenge.type);
  for (const [name, allowed] of Object.entries(values)) {
    const value = claims.get(type?.claims.find(claim => claim.name === name)?.key ?? -1);
    if (!allowed.some(one => one === value)) return { asks: { met: false, evidence: `${name} has another value than was asked for` } };
  }
  return {};
}
