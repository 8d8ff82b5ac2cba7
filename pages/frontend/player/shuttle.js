/* Runs one clip forwards and backwards, as the keys J, K and L do in every cutting room. */

const FASTEST = 8;
const BACKWARDS_MS = 40;

export class Shuttle {
  /** @param {HTMLVideoElement} video @param {() => void} changed  called when it may run or stand */
  constructor(video, changed) {
    this.video = video;
    this.changed = changed;
    this.fps = 24;
    this.rate = 1; // as it was chosen
    this.backwards = 0; // how fast, while it runs backwards
    this.timer = 0;
  }

  get runs() {
    return !this.video.paused || this.backwards > 0;
  }

  toggle() {
    const { runs } = this;
    this.stopBackwards();
    this.video.playbackRate = this.rate;
    if (runs) this.video.pause();
    else this.start();
  }

  start() {
    this.video.play().catch(() => this.changed()); // refused by the browser, or paused meanwhile
  }

  faster() {
    this.stopBackwards();
    if (this.video.paused) {
      this.video.playbackRate = this.rate;
      this.start();
    } else {
      this.video.playbackRate = Math.min(FASTEST, this.video.playbackRate * 2);
    }
  }

  /** No browser plays backwards: go back in small steps. */
  backwardsFaster() {
    this.video.pause();
    const speed = Math.min(FASTEST, this.backwards ? this.backwards * 2 : this.rate);
    this.stopBackwards();
    this.backwards = speed;
    this.timer = window.setInterval(() => {
      if (this.video.seeking) return;
      const next = this.video.currentTime - (speed * BACKWARDS_MS) / 1000;
      this.video.currentTime = Math.max(0, next);
      if (next <= 0) this.stopBackwards();
    }, BACKWARDS_MS);
    this.changed();
  }

  stopBackwards() {
    window.clearInterval(this.timer);
    this.backwards = 0;
    this.changed();
  }

  /** @param {number} frames */
  step(frames) {
    this.stopBackwards();
    this.video.pause();
    this.jump(frames / this.fps);
  }

  /** @param {number} seconds */
  jump(seconds) {
    const end = this.video.duration || 0;
    this.video.currentTime = Math.min(end, Math.max(0, this.video.currentTime + seconds));
  }
}
