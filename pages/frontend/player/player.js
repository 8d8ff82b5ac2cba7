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

import {
  button, keyFor, pictureKeys, playerKeys, range, setIcon, tellPlace, tellState, toggleFullScreen,
} from "./controls.js";
import { element } from "../elements.js";
import { RATES, keepLiking, rememberedLiking } from "./player_liking.js";
import { Shuttle } from "./shuttle.js";

/** @typedef {{
 *   src: string, poster: string, label: string,
 *   width: number, height: number, fps: number, tallest: number, play: boolean, sound: boolean,
 *   waits?: boolean, length?: number,
 * }} Clip  one that `waits` is not fetched until somebody turns to it, so its length (s) is told */

/** @type {Component<Clip>} */
export default function draw({ data, parentElement }) {
  return drawIn(parentElement, data);
}

/** Anywhere, such as on the page of a guest; what it returns ends it.
 *  @param {ShadowRoot} root @param {Clip} clip */
export function drawIn(root, clip) {
  const there = /** @type {Player | undefined} */ (players.get(root));
  const player = there ?? new Player(root);
  players.set(root, player);
  player.show(clip);
  return () => {
    player.end();
    players.delete(root);
  };
}

/** @type {WeakMap<ShadowRoot, Player>} */
const players = new WeakMap();

class Player {
  /** @param {ShadowRoot} root */
  constructor(root) {
    this.liking = rememberedLiking();
    this.src = "";
    this.length = 0;
    this.box = element("div", "screening player");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "group");
    this.video = element("video", "picture");
    this.video.playsInline = true;
    this.shuttle = new Shuttle(this.video, () => this.tellState());
    this.sorry = element("p", "sorry");
    this.sorry.hidden = true;
    this.sorry.textContent = "This browser cannot play the clip. Download it to see it.";
    this.time = element("span", "time");
    this.seek = range("Position", 0, 1);
    this.loudness = range("Volume", 0, 1);
    this.loudness.className = "volume";
    this.playing = button("Play (K)", "play", () => this.shuttle.toggle());
    this.loop = button("Repeat (R)", "loop", () => this.like({ loop: !this.liking.loop }));
    this.sound = button("Sound (M)", "loud", () => this.like({ muted: !this.liking.muted }));
    this.rate = element("button", "rate");
    this.rate.title = "Speed";
    this.rate.addEventListener("click", () => this.nextRate());

    const bar = element("div", "bar");
    const back = button("One frame back (,)", "back", () => this.shuttle.step(-1));
    const forward = button("One frame on (.)", "forward", () => this.shuttle.step(1));
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
    video.addEventListener("click", () => this.shuttle.toggle());
    video.addEventListener("error", () => {
      this.sorry.hidden = false;
    });
    this.seek.addEventListener("input", () => {
      this.shuttle.stopBackwards();
      video.currentTime = Number(this.seek.value) * this.whole;
    });
    const turnedTo = () => (video.preload = "metadata");
    this.box.addEventListener("pointerenter", turnedTo);
    this.box.addEventListener("focusin", turnedTo);
    this.loudness.addEventListener("input", () => {
      const volume = Number(this.loudness.value);
      this.like({ volume, muted: volume === 0 });
    });
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
  }

  end() {
    this.video.pause();
    this.shuttle.stopBackwards();
    if (this.onKey) document.removeEventListener("keydown", this.onKey);
  }

  /** @param {Clip} clip */
  show(clip) {
    this.shuttle.fps = clip.fps || 24;
    const shape = clip.width && clip.height ? clip.width / clip.height : 16 / 9;
    this.box.style.setProperty("--shape", String(shape));
    this.box.style.setProperty("--tallest", `${clip.tallest}dvh`);
    this.box.classList.toggle("sounds", clip.sound);
    for (const part of this.ofPictures) part.hidden = clip.sound;
    this.box.setAttribute("aria-label", clip.label);
    this.video.setAttribute("aria-label", clip.label);
    this.length = clip.length ?? 0;
    if (this.src === clip.src) return;
    this.src = clip.src;
    this.shuttle.stopBackwards();
    this.sorry.hidden = true;
    this.video.poster = clip.poster;
    this.video.preload = clip.waits ? "none" : "metadata";
    this.video.src = clip.src;
    this.obey();
    this.tell();
    this.tellState();
    if (clip.play) this.shuttle.start();
  }

  // -- what a person likes ------------------------------------------------------------------

  /** @param {Partial<import("./player_liking.js").Liking>} change */
  like(change) {
    this.liking = { ...this.liking, ...change };
    keepLiking(this.liking);
    this.obey();
  }

  obey() {
    const { loop, muted, volume, rate } = this.liking;
    this.shuttle.rate = rate;
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

  keys() {
    const mute = () => this.like({ muted: !this.liking.muted });
    const repeat = () => this.like({ loop: !this.liking.loop });
    return {
      ...playerKeys(this.shuttle, mute, repeat),
      ...(this.video.hidden ? {} : pictureKeys(this.shuttle, this.box)),
    };
  }

  /** @param {KeyboardEvent} event
   *  @returns {Record<string, () => void>} */
  ownKeys(event) {
    const at = event.composedPath()[0];
    if (at !== this.box && at !== this.video) return {}; // a button and a slider have their own
    return {
      " ": () => this.shuttle.toggle(),
      ArrowLeft: () => this.shuttle.jump(-1),
      ArrowRight: () => this.shuttle.jump(1),
    };
  }

  // -- telling --------------------------------------------------------------------------------

  /** How long the clip is, in seconds: as its file says, once that is known. */
  get whole() {
    const { duration } = this.video;
    return Number.isFinite(duration) ? duration : this.length;
  }

  tell() {
    tellPlace(this.seek, this.time, this.video.currentTime, this.whole);
  }

  tellState() {
    tellState(this.playing, this.shuttle.runs);
  }
}

/** @param {EventTarget} part */
function isPlayer(part) {
  return part instanceof HTMLElement && part.classList.contains("player");
}
