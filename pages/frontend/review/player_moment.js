/* Which moment the player on this page shows. */

/** The video of the player on this page: it lies in a shadow root of its own. */
function video() {
  for (const each of document.querySelectorAll("*")) {
    const found = each.shadowRoot?.querySelector("video.picture");
    if (found instanceof HTMLVideoElement) return found;
  }
  return null;
}

/** The player's moment in seconds, in the middle of its frame. @param {number} rate */
export function position(rate) {
  const clip = video();
  if (!clip) return null;
  clip.pause();
  const frame = 1 / (rate || 24);
  return Math.round((Math.floor(clip.currentTime / frame + 0.01) + 0.5) * frame * 1000) / 1000;
}

/** @param {number} seconds */
export function jump(seconds) {
  const clip = video();
  if (!clip) return;
  clip.pause();
  clip.currentTime = seconds;
  clip.scrollIntoView({ block: "nearest", behavior: "smooth" });
}
