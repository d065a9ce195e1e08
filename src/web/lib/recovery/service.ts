/** The Wallet service's side of a recovery, and the issuer's. */
import { encodeBase64Url } from '../base64url.ts';
import { sha256, utf8, type Bytes } from '../bytes.ts';
import { isObject, parseJsonObject, type JsonObject } from '../json.ts';
import { signJws } from '../jws.ts';
import { bareJwk, type SigningKey } from '../keys.ts';
import { readAll, send, type Reply } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';
import { issuerSecret, listId, listToken, tagFor, type SheetKey } from './code.ts';

export interface Contact { readonly id: string | null; readonly kind: 'email' | 'sms'; readonly address: string | null; readonly counts: boolean }
export interface Running {
  readonly id: string; readonly number: string; readonly state: 'proving' | 'waiting' | 'ready' | 'done' | 'stopped';
  readonly by_sheet: boolean; readonly by_contact: boolean; readonly by_desk: boolean; readonly contact_possible: boolean; readonly ends_at: number | null; readonly stopped_by: string | null;
}
export interface ListState { readonly holder: boolean; readonly replaced_at: number | null; readonly contacts: readonly Contact[]; readonly recovery: Running | null }
export interface Means { readonly email: boolean; readonly sms: boolean; readonly demonstration: boolean }

/** What the service says instead of doing it: a code of its own, `unknown` where it names none; `reason`: what a person wrote. */
export class Declined extends Error {
  constructor(readonly code: string, readonly reason?: string) { super(code); this.name = 'Declined'; }
}

interface Answer { readonly status: number; readonly body: Bytes; readonly version: number }

/** One wallet's view of the service at `origin`. With a sheet its token goes along; with a key each request is signed. */
export class RecoveryService {
  constructor(private readonly origin: string, private readonly outside: Outside, private readonly key?: SigningKey, private readonly sheet?: SheetKey) {}

  means(): Promise<Means> { return this.json('GET', '/api/recovery/means') as Promise<unknown> as Promise<Means>; }

  async state(): Promise<ListState> { return await this.json('GET', `${await this.list()}/state`) as unknown as ListState; }

  /** The encrypted list and its version; undefined where there is none. */
  async read(): Promise<{ readonly sealed: Bytes; readonly version: number } | undefined> {
    const { status, body, version } = await this.call('GET', await this.list());
    if (status === 404) return undefined;
    if (status === 410) throw new Declined('replaced');
    if (status !== 200) throw new Declined('unknown');
    return { sealed: body, version };
  }

  /** Writes version `version` + 1, the first one where it is 0. Declined `stale` when somebody was faster, `forbidden` when another wallet keeps the list. */
  async write(sealed: Bytes, version: number): Promise<void> {
    const { status } = await this.call('PUT', await this.list(), sealed, version === 0 ? { 'If-None-Match': '*' } : { 'If-Match': `"${version}"` });
    if (status !== 204) throw new Declined(status === 412 ? 'stale' : status === 403 ? 'forbidden' : 'unknown');
  }

  async addContact(kind: string, address: string, language: string): Promise<string> { return String((await this.json('POST', `${await this.list()}/contacts`, { kind, address, language }))['id']); }
  async confirmContact(id: string, code: string): Promise<void> { await this.json('POST', `${await this.list()}/contacts/${id}`, { code }); }
  async removeContact(id: string): Promise<void> { await this.json('DELETE', `${await this.list()}/contacts/${id}`); }
  /** Another list of the same key takes this one's place, and its contacts. */
  async replaceBy(list: string): Promise<void> { await this.json('POST', `${await this.list()}/successor`, { list }); }
  async stop(): Promise<void> { await this.json('POST', `${await this.list()}/stop`); }

  async begin(): Promise<Running> { return await this.json('POST', `${await this.list()}/recoveries`) as unknown as Running; }
  /** Without the sheet: an enrolled address, which must be proved, and a desk. */
  async beginByContact(kind: string, address: string): Promise<Running> { return await this.json('POST', '/api/recovery/recoveries', { kind, address }) as unknown as Running; }
  async look(id: string): Promise<Running> { return await this.json('GET', `/api/recovery/recoveries/${id}`) as unknown as Running; }
  async prove(id: string, code: string): Promise<Running> { return await this.json('POST', `/api/recovery/recoveries/${id}/contact`, { code }) as unknown as Running; }
  async attest(id: string, issuer: string): Promise<string> { return String((await this.json('POST', `/api/recovery/recoveries/${id}/attestation`, { issuer }))['attestation']); }

  private async list(): Promise<string> { return `/api/recovery/lists/${await listId(this.sheet!)}`; }

  private async json(method: string, path: string, body?: JsonObject): Promise<JsonObject> {
    const answer = await this.call(method, path, body && utf8(JSON.stringify(body)), body && { 'Content-Type': 'application/json' });
    if (answer.status === 204) return {};
    let parsed: JsonObject = {};
    try { parsed = parseJsonObject(answer.body); } catch { /* an answer from between us and the service */ }
    if (answer.status >= 200 && answer.status < 300) return parsed;
    throw new Declined(typeof parsed['code'] === 'string' ? parsed['code'] : answer.status === 429 ? 'too_many' : 'unknown');
  }

  private async call(method: string, path: string, body?: Bytes, more: Record<string, string> = {}): Promise<Answer> {
    const headers: Record<string, string> = { ...more };
    if (this.sheet) headers['Authorization'] = `Bearer ${await listToken(this.sheet)}`;
    if (this.key) {
      const said = { aud: this.origin + path, htm: method, iat: this.outside.now(), body: encodeBase64Url(await sha256(body ?? new Uint8Array())) };
      headers['Holder-Proof'] = await signJws({ typ: 'identity-recovery-holder+jwt', jwk: bareJwk(this.key.publicJwk) }, said, this.key);
    }
    let response: Response;
    try {
      response = await this.outside.fetch(this.origin + path, { method, headers, ...(body && { body }), credentials: 'omit', cache: 'no-store', redirect: 'error' });
    } catch {
      return refuse(globalThis.navigator?.onLine === false ? 'offline' : 'unreachable');
    }
    if (response.status >= 500) refuse('server_fault', `${response.status}`);
    const bytes = response.body ? await readAll(response.body.getReader(), 100_000) : new Uint8Array();
    return { status: response.status, body: bytes, version: Number(/^"(\d+)"$/.exec(response.headers.get('ETag') ?? '')?.[1] ?? 0) };
  }
}

/** `known`: the issuer will know its holder by the sheet. `without`: it knows of no sheets, or another phone had the card first. `refused`: not this time, or not for this copy. */
export type Told = 'known' | 'without' | 'refused';

/** Tells an issuer, by the key of a copy, what will prove its holder. */
export async function anchorAt(issuer: string, copy: SigningKey, sheet: SheetKey, outside: Outside): Promise<Told> {
  const secret_hash = encodeBase64Url(await sha256(await issuerSecret(sheet, issuer)));
  const { status, answer } = await say(issuer, 'recovery-anchor', 'identity-recovery-anchor+jwt', { secret_hash, tag: await tagFor(sheet, issuer) }, {}, copy, outside);
  if (status === 204) return 'known';
  return status === 409 || (status === 404 && answer['error'] === undefined) ? 'without' : 'refused'; // a copy that has ended is 404 too, with an error of its own
}

export interface Offered { readonly offer: string; readonly txCode: string | undefined }

export interface Moved {
  readonly offers: readonly Offered[];
  /** Suspended, or stopped by staff. */
  readonly left: number;
  /** Wait for staff: the document at the desk had another name or date of birth, or could not be compared. */
  readonly held: { readonly differs: number; readonly cannotTell: number };
  /** Wait for staff of a depositary to look, whatever the document said. */
  readonly waiting: number;
  readonly contact: string | undefined;
}

/** Whether staff must look first at some of it, so that it is asked for again. */
export const isHeld = ({ held, waiting }: Moved): boolean => held.differs + held.cannotTell + waiting > 0;

/**
 * Asks an issuer to move everything of this sheet to the key, or only what has not moved to it yet. `at`: who is asked in its place, and where below that address: the depositary of one that has closed. The attestation and the secret
 * are for the issuer all the same. Declined with the error of whoever was asked.
 */
export async function recoverAt(issuer: string, attestation: string, sheet: SheetKey | undefined, key: SigningKey, restOnly: boolean, outside: Outside, at = { server: issuer, path: 'recovery' }): Promise<Moved> {
  const secret = sheet && { secret: encodeBase64Url(await issuerSecret(sheet, issuer)) };
  const { status, answer } = await say(at.server, at.path, 'identity-recovery-request+jwt', {}, { attestation, ...secret, ...(restOnly && { rest: true }) }, key, outside);
  if (status !== 200) throw new Declined(textIn(answer, 'error') ?? 'unknown');
  const held = isObject(answer['held']) ? answer['held'] : {};
  const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
  return {
    offers: offersIn(answer),
    left: count(answer['left']), held: { differs: count(held['differs']), cannotTell: count(held['cannot_tell']) }, waiting: count(answer['waiting']), contact: textIn(answer, 'contact'),
  };
}

/** The offers of an answer, each with the code that it asks for. */
export const offersIn = ({ offers }: JsonObject): readonly Offered[] => (Array.isArray(offers) ? offers : []).flatMap(one => {
  const offer = isObject(one) && textIn(one, 'offer');
  return offer ? [{ offer, txCode: textIn(one as JsonObject, 'tx_code') }] : [];
});

/** A member that is a text, else undefined. */
export const textIn = (answer: JsonObject, name: string): string | undefined => {
  const value = answer[name];
  return typeof value === 'string' ? value : undefined;
};

/** A request of a holder to an issuer, or to what lies below its address: signed by `key` over this address and a fresh nonce of the issuer. */
export async function say(issuer: string, path: string, typ: string, said: JsonObject, body: JsonObject, key: SigningKey, outside: Outside): Promise<{ status: number; answer: JsonObject }> {
  const fresh = await send(`${issuer}/nonce`, { accept: 'application/json', post: true }, outside);
  if (fresh.status === 404) return { status: 404, answer: {} };
  const nonce = answerOf(fresh)['c_nonce'];
  if (fresh.status !== 200 || typeof nonce !== 'string') return refuse('unsupported', 'nonce');
  const proof = await signJws({ typ, jwk: bareJwk(key.publicJwk) }, { aud: `${issuer}/${path}`, iat: outside.now(), nonce, ...said }, key);
  const reply = await send(`${issuer}/${path}`, { accept: 'application/json', json: { ...body, proof } }, outside);
  return { status: reply.status, answer: answerOf(reply) };
}

/** A refusal may be a page of whatever stands before the issuer. */
const answerOf = ({ status, body }: Reply): JsonObject => {
  try {
    return parseJsonObject(body);
  } catch (error) {
    if (status === 200) throw error;
    return {};
  }
};
