/**
 * How far clips are, as a page's lookout hears it: whatever shows one takes it from here, and nothing
 * has to be drawn anew.
 */

const HEARD = "dailies-progress";

/** @param {Record<string, number>} shares  from 0 to 1, by number */
export function tellProgress(shares) {
  document.dispatchEvent(new CustomEvent(HEARD, { detail: shares }));
}

/** @param {(shares: Record<string, number>) => void} hear @param {AbortSignal} signal  ends it */
export function hearProgress(hear, signal) {
  const heard = (/** @type {Event} */ event) => hear(/** @type {CustomEvent} */ (event).detail);
  document.addEventListener(HEARD, heard, { signal });
}
