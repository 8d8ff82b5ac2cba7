/* The bar below players that run in step, and its keys: K pauses, J and L run backwards and
   forwards and each further press doubles the speed, `,` and `.` go frame by frame, M is sound, R
   repeats, F is the whole screen. Speed, sound and repeating are kept in the browser. */

import {
  button, keyFor, pictureKeys, playerKeys, range, setIcon, tellPlace, tellState, toggleFullScreen,
} from "../player/controls.js";
import { element } from "../elements.js";
import { InStep } from "./in_step.js";

const KEPT = "dailies.in_step";
const SPEEDS = [0.25, 0.5, 1, 1.5, 2];

export class Transport {
  /** @param {HTMLElement} box  what fills the screen, and has the keys
   *  @param {HTMLVideoElement[]} videos @param {number} fps
   *  @param {(key: KeyboardEvent) => (() => void) | undefined} more  keys of the host */
  constructor(box, videos, fps, more) {
    this.box = box;
    this.more = more;
    this.clips = new InStep(videos, fps, () => this.tell());
    this.time = element("span", "time");
    this.scrubber = range("Position of all", 0, 1);
    this.playing = button("Play (K)", "play", () => this.clips.toggle());
    this.loop = button("Repeat (R)", "loop", () => this.like({ loop: !this.clips.loop }));
    this.sound = button("Sound (M)", "loud", () => this.like({ muted: !this.clips.muted }));
    this.speed = element("button", "rate");
    this.speed.type = "button";
    this.speed.title = "Speed of all";
    this.speed.addEventListener("click", () => this.nextSpeed());
    this.scrubber.addEventListener("input", () => {
      this.clips.stopBackwards();
      void this.clips.seek(Number(this.scrubber.value) * this.clips.duration);
    });
    this.bar = element("div", "bar");
    this.bar.append(
      this.playing,
      button("One frame back (,)", "back", () => this.clips.step(-1)),
      button("One frame on (.)", "forward", () => this.clips.step(1)),
      this.time,
      this.scrubber,
      this.speed,
      this.loop,
      this.sound,
      button("Whole screen (F)", "full", () => toggleFullScreen(this.box)),
    );
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.like(remembered());
  }

  end() {
    document.removeEventListener("keydown", this.onKey);
    this.clips.end();
    delete document.body.dataset.clipPlays;
  }

  /** @param {{loop?: boolean, muted?: boolean, speed?: number}} change */
  like(change) {
    const { clips } = this;
    Object.assign(clips, change, change.speed ? { rate: change.speed } : {});
    clips.obey();
    keep({ loop: clips.loop, muted: clips.muted, speed: clips.speed });
    this.loop.setAttribute("aria-pressed", String(clips.loop));
    this.sound.setAttribute("aria-pressed", String(!clips.muted));
    setIcon(this.sound, clips.muted ? "mute" : "loud");
    this.speed.textContent = `${clips.speed}×`;
    this.tell();
  }

  nextSpeed() {
    const at = SPEEDS.indexOf(this.clips.speed);
    this.like({ speed: SPEEDS[(at + 1) % SPEEDS.length] ?? 1 });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const name = keyFor(event, this.box);
    const act = name && (this.more(event) ?? this.keys()[name]);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  keys() {
    const mute = () => this.like({ muted: !this.clips.muted });
    const repeat = () => this.like({ loop: !this.clips.loop });
    return { ...playerKeys(this.clips, mute, repeat), ...pictureKeys(this.clips, this.box) };
  }

  tell() {
    const { time, duration, runs } = this.clips;
    tellPlace(this.scrubber, this.time, time, duration);
    tellState(this.playing, runs);
  }
}

/** @param {{loop: boolean, muted: boolean, speed: number}} liking */
function keep(liking) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(liking));
  } catch {
    // A browser that keeps nothing still plays.
  }
}

function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    const speed = SPEEDS.includes(kept.speed) ? Number(kept.speed) : 1;
    return { loop: kept.loop !== false, muted: kept.muted === true, speed };
  } catch {
    return { loop: true, muted: false, speed: 1 };
  }
}
