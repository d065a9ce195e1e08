import { h, icon } from '../../../web/lib/dom.ts';
import type { Outcome } from '../shell/api.ts';
import { t } from '../shell/text.ts';
import { signalsAreOn, signalVerdict, turnSignals } from './signal.ts';

/** Turns sound and vibration off and on; turned on, it plays what was missed. */
export function signalSwitch(outcome: Outcome): HTMLElement {
  const toggle = h('button', { type: 'button', class: 'button plain', testid: 'signal', onclick: () => { turnSignals(!signalsAreOn()); say(); signalVerdict(outcome); } });
  const label = h('span');
  const say = (): void => {
    toggle.setAttribute('aria-pressed', String(signalsAreOn()));
    label.textContent = t(signalsAreOn() ? 'signal.on' : 'signal.off');
  };
  toggle.append(icon('bell'), label);
  say();
  return toggle;
}
