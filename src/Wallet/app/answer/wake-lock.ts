/** Keeps the screen on until `signal` ends, where the browser can. The lock is lost whenever the page is hidden. */
export function keepAwake(signal: AbortSignal): void {
  let held: WakeLockSentinel | undefined;
  const ask = async (): Promise<void> => {
    if (signal.aborted || document.visibilityState !== 'visible') return;
    held = await navigator.wakeLock?.request('screen').catch(() => undefined);
    if (signal.aborted) await held?.release();
  };
  document.addEventListener('visibilitychange', () => void ask(), { signal });
  signal.addEventListener('abort', () => void held?.release());
  void ask();
}
