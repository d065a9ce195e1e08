import { generateKeyPair, signingKey, type SigningKey } from '../keys.ts';

/** Fresh signing keys, as many as asked. */
export async function keys(count: number): Promise<SigningKey[]> {
  return Promise.all(Array.from({ length: count }, async () => signingKey(await generateKeyPair())));
}
