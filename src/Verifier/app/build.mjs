import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Builds the verifier into dist/verifier. */
export async function build({ dist }) {
  await mkdir(join(dist, 'verifier'), { recursive: true });
}
