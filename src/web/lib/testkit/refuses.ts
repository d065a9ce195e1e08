import assert from 'node:assert/strict';
import { Refusal, type RefusalCode } from '../refusal.ts';

/** Asserts that `body` is refused with one of `codes`, and not by accident with something else. */
export async function refuses(body: () => unknown, ...codes: RefusalCode[]): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    assert.ok(codes.includes(error.code), `expected ${codes.join(' or ')}, got ${error.message}`);
    return;
  }
  assert.fail(`accepted what should be refused as ${codes.join(' or ')}`);
}
