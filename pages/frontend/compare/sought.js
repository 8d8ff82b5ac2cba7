/* How long a player's clip is, and when it stands at a moment. */

/** @param {HTMLVideoElement} video */
export function length(video) {
  return Number.isFinite(video.duration) ? video.duration : 0;
}

/** It stands there, or at its last frame.
 *  @param {HTMLVideoElement} video @param {number} to
 *  @returns {Promise<void>} */
export function sought(video, to) {
  const there = length(video) ? Math.min(to, length(video) - 0.001) : to;
  if (video.error || (Math.abs(video.currentTime - there) < 0.0005 && !video.seeking)) {
    return Promise.resolve();
  }
  return new Promise((done) => {
    const stand = () => {
      video.removeEventListener("seeked", stand);
      video.removeEventListener("error", stand);
      done();
    };
    video.addEventListener("seeked", stand);
    video.addEventListener("error", stand);
    video.currentTime = there;
  });
}
