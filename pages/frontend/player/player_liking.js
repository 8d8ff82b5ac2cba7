/* How a person likes to watch: kept in the browser, for every clip. */

/** @typedef {{loop: boolean, muted: boolean, volume: number, rate: number}} Liking */

const KEPT = "dailies.player";
export const RATES = [0.25, 0.5, 1, 1.5, 2];

/** @param {Liking} liking */
export function keepLiking(liking) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(liking));
  } catch {
    // A browser that keeps nothing still plays.
  }
}

/** @returns {Liking} */
export function rememberedLiking() {
  const usual = { loop: true, muted: false, volume: 1, rate: 1 };
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    const volume = Math.min(1, Math.max(0, Number(kept.volume ?? 1)));
    const rate = RATES.includes(kept.rate) ? kept.rate : 1;
    return { loop: kept.loop !== false, muted: kept.muted === true, volume, rate };
  } catch {
    return usual;
  }
}
