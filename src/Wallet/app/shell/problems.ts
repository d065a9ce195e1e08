/** Faults and refusals in words, each with what to do next. */
import type { Refusal, RefusalCode } from '../../../web/lib/refusal.ts';
import { Locked } from '../store/vault.ts';
import { h } from './dom.ts';
import { button, notice, type View } from './frame.ts';
import { go } from './router.ts';
import { has, t, type Key } from './text.ts';

/** By name, not by class: the scanner is a file of its own and brings its own copy of the class. */
export function codeOf(error: unknown): RefusalCode | undefined {
  const refusal = error as { name?: unknown; code?: unknown } | null;
  return refusal?.name === 'Refusal' ? refusal.code as RefusalCode : undefined;
}

/** A sentence that names the trouble and the next step. */
export function explain(error: unknown): string {
  const code = codeOf(error);
  if (code === 'contract_refused') {
    const key = `refusal.contract.${(error as Refusal).detail}`;
    return t(has(key) ? key : 'refusal.contract.unknown');
  }
  if (code) {
    const key = `refusal.${code}`;
    return t(has(key) ? key : familyOf(code));
  }
  if (error instanceof Locked) return t('fault.locked');
  if (error instanceof DOMException && error.name === 'QuotaExceededError') return t('fault.full');
  return t('fault.other');
}

const NETWORK: readonly RefusalCode[] = ['unreachable', 'redirected', 'forbidden_url', 'server_fault'];

function familyOf(code: RefusalCode): Key {
  if (NETWORK.includes(code)) return 'refusal.unreachable';
  if (code.startsWith('request_') || code.startsWith('client_') || code === 'nonce_mismatch' || code === 'transaction_data') return 'refusal.request_malformed';
  if (code === 'offer_malformed' || code === 'offer_not_supported' || code === 'issuer_mismatch') return 'refusal.offer_malformed';
  if (['wrong_holder_key', 'wrong_type', 'wrong_issuer', 'not_valid_now', 'root_mismatch', 'bad_signature', 'unknown_key'].includes(code)) return 'refusal.not_genuine';
  if (code.startsWith('camera_')) return 'refusal.camera_missing';
  return 'refusal.malformed';
}

/** A screen for what went wrong. `retry` is offered where trying again can help. */
export function problemView(error: unknown, options: { title?: Key; tone?: 'info'; more?: Key; retry?: () => void; back?: string } = {}): View {
  if (!codeOf(error)) console.error(error);
  return {
    title: t(options.title ?? 'problem.title'),
    screen: 'problem', sign: 'warn',
    back: options.back ?? '#/cards',
    body: [
      notice(options.tone ?? 'error', h('p', { testid: 'problem-text', 'data-code': codeOf(error) ?? 'fault' }, explain(error))),
      options.more ? h('p', null, t(options.more)) : null,
    ],
    actions: [
      options.retry ? button('retry', options.retry, { testid: 'retry', icon: 'again' }) : null,
      button('close', () => go(options.back ?? '#/cards'), { testid: 'close', icon: 'cards', tone: options.retry ? 'secondary' : 'primary' }),
    ],
  };
}
