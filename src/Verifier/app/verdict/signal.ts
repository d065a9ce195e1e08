/** Sound and vibration for a verdict, for whoever does not look or cannot tell the colours: on until the person turns them off, never the only sign. */
import type { Outcome } from '../shell/api.ts';
import { recall, remember } from '../shell/memory.ts';

const KEY = 'verifier.signal';
export const signalsAreOn = (): boolean => recall('localStorage', KEY) !== 'off';
export const turnSignals = (on: boolean): void => remember('localStorage', KEY, on ? 'on' : 'off');

/** Rising for valid, falling for not valid, level for neither. Frequencies in Hz. */
const TONES: Readonly<Record<Outcome, readonly number[]>> = { valid: [660, 880], not_valid: [330, 220], cannot_tell: [440, 440] };
const PULSES: Readonly<Record<Outcome, number[]>> = { valid: [80], not_valid: [200, 80, 200], cannot_tell: [80, 80, 80] };
const LENGTH = 0.18; // seconds

/** Nothing before the person touched the page, which browsers refuse. */
export function signalVerdict(outcome: Outcome): void {
  if (!signalsAreOn() || !(navigator.userActivation?.hasBeenActive ?? true)) return;
  try {
    navigator.vibrate?.(PULSES[outcome]);
    play(TONES[outcome]);
  } catch {
    // a device without sound: the verdict stands all the same
  }
}

function play(tones: readonly number[]): void {
  const audio = new AudioContext();
  tones.forEach((frequency, i) => {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    const start = audio.currentTime + i * LENGTH;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.2, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
    tone.onended = () => { if (i === tones.length - 1) void audio.close(); };
  });
}
