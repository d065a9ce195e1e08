/** Sound and vibration for a verdict: off until the person turns them on, never the only sign. */
import { h, icon } from '../../../web/lib/dom.ts';
import type { Outcome } from '../shell/api.ts';
import { t } from '../shell/text.ts';

const KEY = 'verifier.signal';
const isOn = (): boolean => localStorage.getItem(KEY) === 'on';

/** Rising for valid, falling for not valid, level for neither. Frequencies in Hz. */
const TONES: Readonly<Record<Outcome, readonly number[]>> = { valid: [660, 880], not_valid: [330, 220], cannot_tell: [440, 440] };
const PULSES: Readonly<Record<Outcome, number[]>> = { valid: [80], not_valid: [200, 80, 200], cannot_tell: [80, 80, 80] };
const LENGTH = 0.18; // seconds

export function signalVerdict(outcome: Outcome): void {
  if (!isOn() || !(navigator.userActivation?.hasBeenActive ?? true)) return;
  navigator.vibrate?.(PULSES[outcome]);
  const audio = new AudioContext();
  TONES[outcome].forEach((frequency, i) => {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    const start = audio.currentTime + i * LENGTH;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.2, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
    tone.onended = () => { if (i === 1) void audio.close(); };
  });
}

/** A switch that is also the gesture browsers want before anything sounds. */
export function signalSwitch(outcome: () => Outcome): HTMLElement {
  const toggle = h('button', {
    type: 'button', class: 'button plain', testid: 'signal', 'aria-pressed': String(isOn()),
    onclick: () => {
      localStorage.setItem(KEY, isOn() ? 'off' : 'on');
      toggle.setAttribute('aria-pressed', String(isOn()));
      label.textContent = t(isOn() ? 'signal.on' : 'signal.off');
      signalVerdict(outcome());
    },
  });
  const label = h('span', null, t(isOn() ? 'signal.on' : 'signal.off'));
  toggle.append(icon('sound'), label);
  return toggle;
}
