/* Draws a clip with its controls below it, so that nothing covers the picture; of a sound alone the
   controls.
   Takes: the clip's and the poster's address, width and height in pixels, frames a second, a label,
   how tall the picture may be in hundredths of the window, whether to play it at once, and whether
   it is a sound.
   Sends nothing back. How a person likes to watch (loop, sound, speed) is kept in the browser.

   Keys, wherever one is on the page but in a field: K or Space pauses, J and L run backwards and
   forwards and each further press doubles the speed, `,` and `.` go frame by frame, ← and → by a
   second, M is sound, F the whole screen, R repeats. Space and arrows count in the player alone; of
   several players the one with the focus hears, else the first. */

import { button, clock, element, keyFor, range, setIcon, toggleFullScreen } from "./controls.js";

/** @typedef {{
 *   src: string, poster: string, label: string,
 *   width: number, height: number, fps: number, tallest: number, play: boolean, sound: boolean,
 * }} Clip */

/** @typedef {{loop: boolean, muted: boolean, volume: number, rate: number}} Liking */

const KEPT = "dailies.player";
const RATES = [0.25, 0.5, 1, 1.5, 2];
const FASTEST = 8;
const BACKWARDS_MS = 40;

/** @type {Component<Clip>} */
export default function draw({ data, parentElement }) {
  const there = /** @type {Player | undefined} */ (players.get(parentElement));
  const player = there ?? new Player(parentElement);
  players.set(parentElement, player);
  player.show(data);
  return () => {
    player.end();
    players.delete(parentElement);
  };
}

/** @type {WeakMap<ShadowRoot, Player>} */
const players = new WeakMap();

class Player {
  /** @param {ShadowRoot} root */
  constructor(root) {
    this.liking = remembered();
    this.fps = 24;
    this.backwards = 0;
    this.timer = 0;
    this.src = "";

    this.box = element("div", "screening player");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "group");
    this.video = element("video", "picture");
    this.video.playsInline = true;
    this.video.preload = "metadata";
    this.sorry = element("p", "sorry");
    this.sorry.hidden = true;
    this.sorry.textContent = "This browser cannot play the clip. Download it to see it.";
    this.time = element("span", "time");
    this.seek = range("Position", 0, 1);
    this.loudness = range("Volume", 0, 1);
    this.loudness.className = "volume";
    this.playing = button("Play (K)", "play", () => this.toggle());
    this.loop = button("Repeat (R)", "loop", () => this.like({ loop: !this.liking.loop }));
    this.sound = button("Sound (M)", "loud", () => this.like({ muted: !this.liking.muted }));
    this.rate = element("button", "rate");
    this.rate.title = "Speed";
    this.rate.addEventListener("click", () => this.nextRate());

    const bar = element("div", "bar");
    const back = button("One frame back (,)", "back", () => this.step(-1));
    const forward = button("One frame on (.)", "forward", () => this.step(1));
    const full = button("Whole screen (F)", "full", () => toggleFullScreen(this.box));
    this.ofPictures = [this.video, back, forward, full];
    bar.append(
      this.playing,
      back,
      forward,
      this.time,
      this.seek,
      this.rate,
      this.loop,
      this.sound,
      this.loudness,
      full,
    );
    this.box.append(this.video, this.sorry, bar);
    root.querySelector(".player")?.remove();
    root.append(this.box);
    this.listen();
    this.obey();
  }

  listen() {
    const { video } = this;
    for (const name of ["timeupdate", "durationchange", "seeked", "loadedmetadata"]) {
      video.addEventListener(name, () => this.tell());
    }
    for (const name of ["play", "pause", "ended"]) {
      video.addEventListener(name, () => this.tellState());
    }
    video.addEventListener("click", () => this.toggle());
    video.addEventListener("error", () => {
      this.sorry.hidden = false;
    });
    this.seek.addEventListener("input", () => {
      this.stopBackwards();
      video.currentTime = Number(this.seek.value) * (video.duration || 0);
    });
    this.loudness.addEventListener("input", () => {
      const volume = Number(this.loudness.value);
      this.like({ volume, muted: volume === 0 });
    });
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
  }

  end() {
    this.video.pause();
    this.stopBackwards();
    if (this.onKey) document.removeEventListener("keydown", this.onKey);
  }

  /** @param {Clip} clip */
  show(clip) {
    this.fps = clip.fps || 24;
    const shape = clip.width && clip.height ? clip.width / clip.height : 16 / 9;
    this.box.style.setProperty("--shape", String(shape));
    this.box.style.setProperty("--tallest", `${clip.tallest}dvh`);
    this.box.classList.toggle("sounds", clip.sound);
    for (const part of this.ofPictures) part.hidden = clip.sound;
    this.box.setAttribute("aria-label", clip.label);
    this.video.setAttribute("aria-label", clip.label);
    if (this.src === clip.src) return;
    this.src = clip.src;
    this.stopBackwards();
    this.sorry.hidden = true;
    this.video.poster = clip.poster;
    this.video.src = clip.src;
    this.obey();
    this.tell();
    this.tellState();
    if (clip.play) this.start();
  }

  // -- what a person likes ------------------------------------------------------------------

  /** @param {Partial<Liking>} change */
  like(change) {
    this.liking = { ...this.liking, ...change };
    try {
      localStorage.setItem(KEPT, JSON.stringify(this.liking));
    } catch {
      // A browser that keeps nothing still plays.
    }
    this.obey();
  }

  obey() {
    const { loop, muted, volume, rate } = this.liking;
    Object.assign(this.video, { loop, muted, volume, playbackRate: rate });
    this.loop.setAttribute("aria-pressed", String(loop));
    this.loudness.value = String(muted ? 0 : volume);
    this.rate.textContent = `${rate}×`;
    setIcon(this.sound, muted || volume === 0 ? "mute" : "loud");
    this.sound.setAttribute("aria-pressed", String(!muted));
  }

  nextRate() {
    const at = RATES.indexOf(this.liking.rate);
    this.like({ rate: RATES[(at + 1) % RATES.length] ?? 1 });
  }

  // -- playing ------------------------------------------------------------------------------

  toggle() {
    const runs = !this.video.paused || this.backwards > 0;
    this.stopBackwards();
    this.video.playbackRate = this.liking.rate;
    if (runs) this.video.pause();
    else this.start();
  }

  start() {
    this.video.play().catch(() => this.tellState()); // refused by the browser, or paused meanwhile
  }

  faster() {
    this.stopBackwards();
    if (this.video.paused) {
      this.video.playbackRate = this.liking.rate;
      this.start();
    } else {
      this.video.playbackRate = Math.min(FASTEST, this.video.playbackRate * 2);
    }
  }

  /** No browser plays backwards: go back in small steps. */
  backwardsFaster() {
    this.video.pause();
    const speed = Math.min(FASTEST, this.backwards ? this.backwards * 2 : this.liking.rate);
    this.stopBackwards();
    this.backwards = speed;
    this.timer = window.setInterval(() => {
      if (this.video.seeking) return;
      const next = this.video.currentTime - (speed * BACKWARDS_MS) / 1000;
      this.video.currentTime = Math.max(0, next);
      if (next <= 0) this.stopBackwards();
    }, BACKWARDS_MS);
    this.tellState();
  }

  stopBackwards() {
    window.clearInterval(this.timer);
    this.backwards = 0;
    this.tellState();
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

  // -- keys -----------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  key(event) {
    const path = event.composedPath();
    const inside = path.includes(this.box);
    if (!inside && (event.defaultPrevented || path.some(isPlayer))) return; // another's
    const acts = inside ? { ...this.keys(), ...this.ownKeys(event) } : this.keys();
    const act = acts[keyFor(event, this.box)];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** @returns {Record<string, () => void>} */
  keys() {
    return {
      k: () => this.toggle(),
      j: () => this.backwardsFaster(),
      l: () => this.faster(),
      m: () => this.like({ muted: !this.liking.muted }),
      r: () => this.like({ loop: !this.liking.loop }),
      ...(this.video.hidden ? {} : this.keysOfPictures()),
    };
  }

  /** @returns {Record<string, () => void>} */
  keysOfPictures() {
    return {
      ",": () => this.step(-1),
      ".": () => this.step(1),
      f: () => toggleFullScreen(this.box),
    };
  }

  /** @param {KeyboardEvent} event
   *  @returns {Record<string, () => void>} */
  ownKeys(event) {
    const at = event.composedPath()[0];
    if (at !== this.box && at !== this.video) return {}; // a button and a slider have their own
    return {
      " ": () => this.toggle(),
      ArrowLeft: () => this.jump(-1),
      ArrowRight: () => this.jump(1),
    };
  }

  // -- telling --------------------------------------------------------------------------------

  tell() {
    const { currentTime, duration } = this.video;
    const whole = Number.isFinite(duration) ? duration : 0;
    this.seek.value = String(whole ? currentTime / whole : 0);
    this.seek.style.setProperty("--done", `${whole ? (100 * currentTime) / whole : 0}%`);
    this.seek.setAttribute("aria-valuetext", `${currentTime.toFixed(1)} of ${whole.toFixed(1)} s`);
    this.time.textContent = `${clock(currentTime)} / ${clock(whole)}`;
  }

  tellState() {
    const runs = !this.video.paused || this.backwards > 0;
    setIcon(this.playing, runs ? "pause" : "play");
    this.playing.title = runs ? "Pause (K)" : "Play (K)";
    this.playing.setAttribute("aria-label", runs ? "Pause" : "Play");
    if (runs) document.body.dataset.clipPlays = "yes"; // what would take its place waits
    else delete document.body.dataset.clipPlays;
  }
}

/** @param {EventTarget} part */
function isPlayer(part) {
  return part instanceof HTMLElement && part.classList.contains("player");
}

/** @returns {Liking} */
function remembered() {
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
