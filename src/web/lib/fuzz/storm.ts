import { Refusal } from '../refusal.ts';
import { damageText, Dice } from './damage.ts';
import type { Target } from './targets.ts';

export interface Finding { readonly target: string; readonly seed: number; readonly input: number; readonly wrong: string; readonly text: string }

/** Pours inputs over a reader. A good document must be taken; a damaged one may be refused with a `Refusal` or taken for what it says. */
export async function storm(target: Target, inputs: number, seed: number): Promise<readonly Finding[]> {
  for (const good of target.seeds) {
    const wrong = await look(target, good);
    if (wrong !== undefined) throw new Error(`${target.name}: a good document: ${wrong}`);
  }
  const findings: Finding[] = [];
  for (let input = 0; input < inputs && findings.length < 5; input++) {
    const dice = new Dice(seed + input * 2_654_435_761);
    const good = dice.pick(target.seeds);
    const text = dice.next(12) === 0 ? damageText(good, target.seeds, dice) : target.damage(good, target.seeds, dice);
    const wrong = await look(target, text, true);
    if (wrong !== undefined) findings.push({ target: target.name, seed, input, wrong, text });
  }
  return findings;
}

async function look(target: Target, text: string, mayRefuse = false): Promise<string | undefined> {
  const started = Date.now();
  try {
    const said = await target.judge(text);
    if (typeof said === 'string' && said !== text) return said;
  } catch (error) {
    if (!(error instanceof Refusal) || !mayRefuse) return `thrown: ${(error as Error)?.stack ?? String(error)}`;
  }
  return Date.now() - started > 20_000 ? 'no answer within 20 s' : undefined;
}
