/**
 * Draws two to four clips or pictures beside each other, played in step with one bar for all; two of
 * them also as one picture with a divider that is dragged. Shows all of them equally enlarged where
 * the pointer is.
 *
 * Takes `{clips}`: each with its address, poster, words, size in pixels and frames a second. Sends
 * nothing back. Words of people are set as text only.
 *
 * Keys: those of the bar, and Space pauses, ← and → go a second, 1 to 4 choose whose sound is heard,
 * W is the divider, Z enlarges.
 *
 * @typedef {{
 *   id: number, href: string, name: string, facts: string, src: string, poster: string,
 *   kind: "video" | "image", width: number, height: number, fps: number,
 * }} Clip
 * @typedef {{ clips: Clip[] }} Data
 */

import { arranged } from "./compare_room.js";
import { choice, isTaken } from "../player/controls.js";
import { element } from "../elements.js";
import { Transport } from "./transport.js";

const TALLEST = 0.66; // of the window, for the pictures of all
const ZOOMS = [1, 2, 4];

/** @type {WeakMap<ShadowRoot, Comparison>} */
const comparisons = new WeakMap();

/** @type {Component<Data>} */
export default function draw({ data, parentElement }) {
  let there = comparisons.get(parentElement);
  if (!there || there.shown !== JSON.stringify(data)) {
    there?.end();
    there = new Comparison(parentElement, data);
    comparisons.set(parentElement, there);
  }
  return () => {
    comparisons.get(parentElement)?.end();
    comparisons.delete(parentElement);
  };
}

class Comparison {
  /** @param {ShadowRoot} root @param {Data} data */
  constructor(root, data) {
    this.shown = JSON.stringify(data);
    this.clips = data.clips;
    this.zoom = 1;
    this.at = 50;
    this.box = element("div", "screening compare");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", "Compared in step");
    this.panes = element("div", "panes");
    /** @type {HTMLVideoElement[]} */
    this.videos = [];
    /** @type {HTMLButtonElement[]} */
    this.sounds = [];
    this.clips.forEach((clip) => this.panes.append(this.pane(clip)));
    this.divider = this.makeDivider();
    this.panes.append(this.divider);
    const fps = Math.max(0, ...this.clips.map((clip) => clip.fps));
    this.transport = new Transport(this.box, this.videos, fps, (event) => this.key(event));
    this.wipes = choice("Wipe", "One picture with a divider (W)", () => this.wipe(!this.isWiped));
    this.zooms = choice("Zoom", "Enlarge where the pointer is (Z)", () => this.enlarge());
    this.transport.bar.append(this.zooms, ...(this.clips.length === 2 ? [this.wipes] : []));
    if (!this.videos.length) this.box.classList.add("still");
    root.querySelector(".compare")?.remove();
    this.box.append(this.panes, this.transport.bar);
    root.append(this.box);
    this.listen();
    this.hear(0);
    this.wipe(false);
    this.sizes = new ResizeObserver(() => this.arrange());
    this.sizes.observe(this.panes);
  }

  end() {
    this.sizes.disconnect();
    this.transport.end();
    this.box.remove();
  }

  /** @param {Clip} clip */
  pane(clip) {
    const pane = element("figure", "pane");
    const frame = element("div", "frame");
    const caption = element("figcaption", "caption");
    const name = element("a", "name");
    name.href = clip.href;
    name.textContent = clip.name;
    const facts = element("span", "facts");
    facts.textContent = clip.facts;
    caption.append(name, facts);
    frame.append(clip.kind === "video" ? this.film(clip, caption) : still(clip));
    pane.append(frame, caption);
    return pane;
  }

  /** @param {Clip} clip @param {HTMLElement} caption */
  film(clip, caption) {
    const video = element("video", "picture");
    if (clip.poster) video.poster = clip.poster;
    video.src = clip.src;
    video.setAttribute("aria-label", clip.name);
    const place = this.videos.push(video) - 1;
    const hear = choice(`♪ ${place + 1}`, `Hear this one (${place + 1})`, () => this.hear(place));
    this.sounds.push(hear);
    caption.append(hear);
    return video;
  }

  makeDivider() {
    const divider = element("div", "divider");
    divider.tabIndex = 0;
    divider.setAttribute("role", "slider");
    divider.setAttribute("aria-label", "Divider");
    divider.setAttribute("aria-valuemin", "0");
    divider.setAttribute("aria-valuemax", "100");
    divider.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      this.divide(this.at + by);
    });
    return divider;
  }

  listen() {
    const { panes } = this;
    panes.addEventListener("pointerdown", (event) => {
      if (!this.isWiped || !isPicture(event)) return;
      panes.setPointerCapture(event.pointerId);
      this.drag(event);
    });
    panes.addEventListener("pointermove", (event) => {
      if (panes.hasPointerCapture(event.pointerId)) this.drag(event);
      else this.look(event);
    });
    panes.addEventListener("click", (event) => {
      if (!this.isWiped && isPicture(event)) this.transport.clips.toggle();
    });
  }

  // -- what a person chooses ------------------------------------------------------------------

  /** @param {number} place */
  hear(place) {
    if (place >= this.videos.length) return;
    this.transport.clips.loud = place;
    this.transport.clips.obey();
    this.sounds.forEach((one, at) => one.setAttribute("aria-pressed", String(at === place)));
  }

  get isWiped() {
    return this.box.classList.contains("wiped");
  }

  /** @param {boolean} on */
  wipe(on) {
    this.box.classList.toggle("wiped", on && this.clips.length === 2);
    this.wipes.setAttribute("aria-pressed", String(this.isWiped));
    this.divide(this.at);
    this.arrange();
  }

  /** @param {number} percent */
  divide(percent) {
    this.at = Math.max(0, Math.min(100, percent));
    this.panes.style.setProperty("--at", `${this.at}%`);
    this.divider.setAttribute("aria-valuenow", String(Math.round(this.at)));
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const { left, width } = this.panes.getBoundingClientRect();
    this.divide((100 * (event.clientX - left)) / width);
  }

  enlarge() {
    this.zoom = ZOOMS[(ZOOMS.indexOf(this.zoom) + 1) % ZOOMS.length] ?? 1;
    this.box.style.setProperty("--zoom", String(this.zoom));
    this.box.classList.toggle("enlarged", this.zoom > 1);
    this.zooms.textContent = this.zoom > 1 ? `Zoom ${this.zoom}×` : "Zoom";
    this.zooms.setAttribute("aria-pressed", String(this.zoom > 1));
  }

  /** All show the place that the pointer is at in one of them.
   *  @param {PointerEvent} event */
  look(event) {
    const frame = event.target instanceof Element ? event.target.closest(".frame") : null;
    if (!frame || this.zoom === 1) return;
    const { left, top, width, height } = frame.getBoundingClientRect();
    this.box.style.setProperty("--x", `${(100 * (event.clientX - left)) / width}%`);
    this.box.style.setProperty("--y", `${(100 * (event.clientY - top)) / height}%`);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { clips } = this.transport;
    const own = [this.box, document.body].includes(/** @type {HTMLElement} */ (event.composedPath()[0]));
    if (!own && isTaken(event)) return undefined;
    /** @type {Record<string, () => void>} */
    const always = {
      w: () => this.wipe(!this.isWiped),
      z: () => this.enlarge(),
    };
    for (const place of this.videos.keys()) always[String(place + 1)] = () => this.hear(place);
    /** @type {Record<string, () => void>} */
    const withFocus = {
      " ": () => clips.toggle(),
      ArrowLeft: () => clips.jump(-1),
      ArrowRight: () => clips.jump(1),
    };
    return always[event.key.toLowerCase()] ?? (own ? withFocus[event.key] : undefined);
  }

  // -- room -----------------------------------------------------------------------------------

  /** As many columns as show the most of the pictures, whatever their shapes. */
  arrange() {
    const width = this.panes.clientWidth;
    const full = document.fullscreenElement ? 0.94 : TALLEST;
    const tallest = window.innerHeight * full;
    const most = this.isWiped ? 1 : this.clips.length;
    const { columns, height } = arranged(this.clips, { width, tallest, most });
    this.panes.style.setProperty("--columns", String(columns));
    this.panes.style.setProperty("--height", `${Math.round(height)}px`);
  }
}

/** @param {Clip} clip */
function still(clip) {
  const picture = element("img", "picture");
  picture.src = clip.src;
  picture.alt = clip.name;
  picture.draggable = false;
  return picture;
}

/** @param {Event} event */
function isPicture(event) {
  return event.target instanceof Element && !event.target.closest("a, button");
}
