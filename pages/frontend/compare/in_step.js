/* Plays several clips as one: one time, one speed, the sound of one, all within a frame of each
   other. A shorter clip holds its last frame; what repeats is the longest.

   Two players that were started together drift apart, and one may wait for its data. So each of
   them is looked at with every drawing of the page: who is a little off plays a little faster or
   slower until it is not, who is far off makes all seek, and all wait for who has no data yet. */

import { length, sought } from "./sought.js";

const APART = 0.012; // seconds; from there on a player catches up,
const CLOSE = 0.003; // until it is as near as that: each change of speed costs a little itself
const FAR = 0.2; // seconds apart that would take too long to catch up
const CATCHING_UP = 0.3; // of the speed, at most; nobody hears it, since who is heard leads
const FASTEST = 8;
const BACKWARDS_MS = 40;

export class InStep {
  /** @param {HTMLVideoElement[]} videos @param {number} fps  frames a second, for steps
   *  @param {() => void} changed  called when there is something else to tell */
  constructor(videos, fps, changed) {
    this.all = videos;
    this.fps = fps || 24;
    this.changed = changed;
    this.wanted = false;
    this.loop = true;
    this.speed = 1; // as it was chosen
    this.rate = 1; // as it runs now
    this.loud = 0; // whose sound is heard, by its place
    this.muted = false;
    this.backwards = 0;
    this.timer = 0;
    this.drawing = 0;
    /** @type {number | null} */
    this.target = null;
    /** @type {Promise<void> | null} */
    this.seeking = null;
    for (const video of videos) {
      Object.assign(video, { playsInline: true, preload: "auto", loop: false });
      for (const name of ["loadedmetadata", "timeupdate", "seeked", "error"]) {
        video.addEventListener(name, changed);
      }
      video.addEventListener("ended", () => this.ended(video));
    }
    this.obey();
  }

  get videos() {
    return this.all.filter((video) => !video.error);
  }

  /** The one that runs longest: it tells the time. */
  get longest() {
    return this.videos.reduce(
      (/** @type {HTMLVideoElement | undefined} */ best, one) =>
        best && length(best) >= length(one) ? best : one,
      undefined,
    );
  }

  get duration() {
    return this.longest ? length(this.longest) : 0;
  }

  get time() {
    return this.target ?? this.longest?.currentTime ?? 0;
  }

  get runs() {
    return this.wanted || this.backwards > 0;
  }

  end() {
    this.halt();
    cancelAnimationFrame(this.drawing);
  }

  // -- what a person wants --------------------------------------------------------------------

  toggle() {
    if (this.runs) this.pause();
    else this.play(this.speed);
  }

  /** @param {number} rate */
  play(rate) {
    this.stopBackwards();
    this.rate = rate;
    this.wanted = true;
    if (this.time >= this.duration - 1 / this.fps) void this.seek(0);
    this.obey();
    this.watch();
    this.changed();
  }

  pause() {
    this.halt();
    void this.seek(this.time);
    this.changed();
  }

  faster() {
    this.play(this.wanted ? Math.min(FASTEST, this.rate * 2) : this.speed);
  }

  /** No browser plays backwards: go back in small steps. */
  backwardsFaster() {
    const speed = Math.min(FASTEST, this.backwards ? this.backwards * 2 : this.speed);
    this.halt();
    this.backwards = speed;
    this.timer = window.setInterval(() => {
      if (this.seeking) return;
      const next = this.time - (speed * BACKWARDS_MS) / 1000;
      void this.seek(next);
      if (next <= 0) this.stopBackwards();
    }, BACKWARDS_MS);
    this.changed();
  }

  /** @param {number} frames */
  step(frames) {
    this.halt();
    void this.seek(this.time + frames / this.fps);
    this.changed();
  }

  /** @param {number} seconds */
  jump(seconds) {
    this.stopBackwards();
    void this.seek(this.time + seconds);
  }

  /** All go there, to the middle of the frame. What is asked for meanwhile comes after it.
   *  @param {number} seconds */
  seek(seconds) {
    const last = Math.max(0, Math.floor(this.duration * this.fps + 0.01) - 1);
    const frame = Math.min(last, Math.max(0, Math.floor(seconds * this.fps + 0.01)));
    this.target = (frame + 0.5) / this.fps;
    this.seeking ??= this.goThere();
    return this.seeking;
  }

  async goThere() {
    for (const video of this.videos) video.pause();
    while (this.target !== null) {
      const to = this.target;
      await Promise.all(this.videos.map((video) => sought(video, to)));
      if (this.target === to) this.target = null;
    }
    this.seeking = null;
    this.changed();
  }

  /** What is set from outside: speed, sound, repeating. */
  obey() {
    this.all.forEach((video, place) => {
      video.muted = this.muted || place !== this.loud;
      video.playbackRate = this.rate;
    });
  }

  // -- keeping them together ------------------------------------------------------------------

  halt() {
    this.stopBackwards();
    this.wanted = false;
    for (const video of this.all) video.pause();
  }

  stopBackwards() {
    window.clearInterval(this.timer);
    this.backwards = 0;
  }

  watch() {
    cancelAnimationFrame(this.drawing);
    const look = () => {
      if (!this.wanted) return;
      this.keep();
      this.drawing = requestAnimationFrame(look);
    };
    look();
  }

  keep() {
    const left = this.videos.filter((video) => video.currentTime < length(video) && !video.ended);
    if (this.seeking || !left.length) return;
    if (left.some((video) => video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA)) {
      for (const video of left) video.pause();
      return;
    }
    for (const video of left) if (video.paused) this.start(video);
    this.mend(left);
  }

  /** @param {HTMLVideoElement} video */
  start(video) {
    video.play().catch((error) => {
      // A browser that lets nothing be heard before a click; a pause meanwhile is no fault.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.pause();
    });
  }

  /** @param {HTMLVideoElement[]} left  those that are not at their end */
  mend(left) {
    const heard = this.all[this.loud];
    const lead = heard && !this.muted && left.includes(heard) ? heard : this.longest;
    if (!lead) return;
    for (const video of left) {
      const ahead = video === lead ? 0 : video.currentTime - lead.currentTime;
      if (Math.abs(ahead) > FAR) {
        void this.seek(lead.currentTime);
        return;
      }
      const mends = video.playbackRate !== this.rate;
      const part = Math.max(-CATCHING_UP, Math.min(CATCHING_UP, 6 * ahead));
      const rate = this.rate * (Math.abs(ahead) > (mends ? CLOSE : APART) ? 1 - part : 1);
      if (Math.abs(video.playbackRate - rate) > 0.01) video.playbackRate = rate;
      else if (rate === this.rate) video.playbackRate = rate;
    }
  }

  /** @param {HTMLVideoElement} video */
  ended(video) {
    if (video !== this.longest || !this.wanted) return;
    if (this.loop) {
      void this.seek(0);
    } else {
      this.wanted = false;
      this.changed();
    }
  }
}
