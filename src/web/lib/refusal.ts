/** Every reason for which this library turns something down. A page maps each to words and a next step. */
export type RefusalCode =
  // bytes and text
  | 'malformed' | 'too_large' | 'unsupported' | 'bad_signature' | 'unknown_key'
  // the network
  | 'offline' | 'answered' | 'unreachable' | 'redirected' | 'forbidden_url' | 'server_fault' | 'too_many_tries'
  // receiving
  | 'offer_malformed' | 'offer_gone' | 'offer_not_supported' | 'issuer_mismatch' | 'tx_code_needed' | 'tx_code_wrong'
  | 'session_ended' | 'not_ready' | 'issuance_denied' | 'proof_refused' | 'wrong_holder_key' | 'wrong_type' | 'wrong_issuer' | 'not_valid_now'
  // receiving by the issuer's page
  | 'page_denied' | 'page_failed' | 'page_late' | 'page_other_issuer' | 'page_unknown'
  // presenting
  | 'request_malformed' | 'request_gone' | 'request_not_signed' | 'client_mismatch' | 'client_not_supported' | 'nonce_mismatch'
  | 'transaction_data' | 'not_matched' | 'not_allowed' | 'answer_refused'
  // contracts: the detail is the code of the service
  | 'contract_refused'
  // compact proof
  | 'root_mismatch' | 'wrong_challenge'
  // trust pack
  | 'pack_older' | 'pack_future' | 'pack_other_base'
  // status
  | 'status_stale' | 'status_range'
  // camera
  | 'camera_denied' | 'camera_missing' | 'camera_busy' | 'no_code_found';

/** The one exception this library throws on outside input: a code to act on, and a detail for the log. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly detail: string;
  constructor(code: RefusalCode, detail = '') {
    super(detail ? `${code}: ${detail}` : code);
    this.name = 'Refusal';
    this.code = code;
    this.detail = detail;
  }
}

export function refuse(code: RefusalCode, detail?: string): never {
  throw new Refusal(code, detail);
}

/** Runs `body`; a refusal of it becomes `code`, so that a caller learns which step failed. */
export function refusedAs<T>(code: RefusalCode, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(code, error.message);
    throw error;
  }
}
