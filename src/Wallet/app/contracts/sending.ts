/** Showing contracts and taking them back, without any screen. What leaves the phone is written down before, with what takes it back. */
import { sendSealed, withdrawShared, type SealedBundle } from '../../../web/lib/contract/share.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import type { Refusal } from '../../../web/lib/refusal.ts';
import { keepShown, removeShown, type Shown } from '../store/contracts.ts';

/** Whom it is shown to, what for, and when. */
export type ShownFacts = Pick<Shown, 'auditor' | 'purpose' | 'until' | 'at' | 'contracts'>;

/** Sends a bundle. `again`: it was sent before, and the answer was lost. */
export async function sendShown(sealed: SealedBundle, facts: ShownFacts, again: boolean, outside: Outside): Promise<void> {
  const { id, service, token } = sealed;
  const shown: Shown = { id, service, token, ...facts, withdrawn: false };
  await keepShown({ ...shown, perhaps: true });
  try {
    await sendSealed(sealed, outside);
  } catch (error) {
    if (!again && refusedWith(error) !== undefined) await removeShown(id); // looked at, and not taken
    throw error;
  }
  await keepShown(shown);
}

/** Takes back what was shown; what never arrived is forgotten. */
export async function takeBack(shown: Shown, outside: Outside): Promise<void> {
  try {
    await withdrawShared(shown, outside);
  } catch (error) {
    if (!shown.perhaps || refusedWith(error) !== 'bundle_unknown') throw error;
    await removeShown(shown.id);
    return;
  }
  await keepShown({ ...shown, perhaps: false, withdrawn: true });
}

/** The code with which the service turned it down. */
function refusedWith(error: unknown): string | undefined {
  const { code, detail } = error as Partial<Refusal>;
  return code === 'contract_refused' ? detail : undefined;
}
