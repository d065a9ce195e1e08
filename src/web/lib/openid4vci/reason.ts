import { isObject, parseJsonObject, type Json, type JsonObject } from '../json.ts';
import { signJws } from '../jws.ts';
import { bareJwk, type SigningKey } from '../keys.ts';
import { send } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';

/** What the issuer tells the holder of a copy, and nobody else. Times are Unix milliseconds. */
export interface StatusReason {
  readonly state: 'valid' | 'suspended' | 'revoked';
  readonly since: number | undefined;
  /** In the language that was asked for. */
  readonly text: string | undefined;
  /** In the organisation's own words. */
  readonly sentence: string | undefined;
  readonly replaced: boolean;
  readonly appeal: { readonly organisation: string; readonly contact: string | undefined; readonly how: string | undefined; readonly until: number | undefined };
  readonly history: readonly { readonly at: number; readonly times: number; readonly who: string; readonly what: string; readonly why: string | undefined }[];
}

/** The issuer sends a few hundred; the size of the answer is limited too. */
const MAX_LINES = 1000;

/**
 * Asks why a copy stands as it does, proving with its key that the holder asks. The issuer learns that the holder asked: only at a person's wish.
 * Refusals `unsupported` (the issuer explains nothing, or knows no such copy), `proof_refused`, `malformed`, network codes.
 */
export async function askReason(issuer: string, key: SigningKey, language: string, outside: Outside): Promise<StatusReason> {
  const address = `${issuer}/status-reason`;
  const fresh = await send(`${issuer}/nonce`, { accept: 'application/json', post: true }, outside);
  const nonce = fresh.status === 200 ? parseJsonObject(fresh.body)['c_nonce'] : undefined;
  if (typeof nonce !== 'string' || nonce === '' || nonce.length > 1000) return refuse('unsupported', 'nonce');
  const proof = await signJws({ typ: 'identity-status-request+jwt', jwk: bareJwk(key.publicJwk) }, { aud: address, iat: outside.now(), nonce }, key);
  const reply = await send(address, { accept: 'application/json', json: { proof, language } }, outside);
  if (reply.status === 404 || reply.status === 405) refuse('unsupported', 'status reason');
  if (reply.status !== 200) refuse('proof_refused', `${reply.status}`);
  return read(parseJsonObject(reply.body, 8, 300_000));
}

function read(answer: JsonObject): StatusReason {
  const { state, appeal, reason, history } = answer;
  if (state !== 'valid' && state !== 'suspended' && state !== 'revoked') return refuse('malformed', 'state');
  if (!isObject(appeal)) return refuse('malformed', 'appeal');
  const because: JsonObject = isObject(reason) ? reason : {};
  return {
    state, since: time(answer['since']), text: text(because['text']), sentence: text(because['sentence']), replaced: answer['replaced'] === true,
    appeal: { organisation: text(appeal['organisation']) ?? '', contact: text(appeal['contact']), how: text(appeal['how']), until: time(appeal['until']) },
    history: (Array.isArray(history) ? history : []).filter(isObject).slice(0, MAX_LINES).map(line => ({
      at: time(line['at']) ?? 0, times: typeof line['times'] === 'number' ? line['times'] : 1, who: text(line['who']) ?? '', what: text(line['what']) ?? '', why: text(line['why']),
    })),
  };
}

const text = (value: Json | undefined): string | undefined => typeof value === 'string' && value !== '' ? value : undefined;

function time(value: Json | undefined): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? undefined : at;
}
