/* The controls of our players: buttons with signs, sliders, keys. */

import { clock } from "./clock.js";
import { element } from "../elements.js";

/** Drawn on 24 by 24. */
const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  back: "M15 6 8 12l7 6z M5 6h2v12H5z",
  forward: "m9 6 7 6-7 6z M17 6h2v12h-2z",
  loop: "M7 7h9v3l5-4-5-4v3H5v7h2zm10 10H8v-3l-5 4 5 4v-3h11v-7h-2z",
  loud: "M4 9v6h4l5 5V4L8 9zm11.5 3a4 4 0 0 0-2.2-3.6v7.2a4 4 0 0 0 2.2-3.6zm-2.2-8v2.1a6 6 0 0 1 0 11.8V20a8 8 0 0 0 0-16z",
  mute: "M4 9v6h4l5 5V4L8 9zm16.5.5-1-1-2.2 2.2-2.2-2.2-1 1 2.2 2.2-2.2 2.2 1 1 2.2-2.2 2.2 2.2 1-1-2.2-2.2z",
  full: "M5 5h6v2H7v4H5zm8 0h6v6h-2V7h-4zM5 13h2v4h4v2H5zm12 0h2v6h-6v-2h4z",
};

/** @param {string} label @param {number} low @param {number} high */
export function range(label, low, high) {
  const made = element("input", "seek");
  Object.assign(made, { type: "range", min: low, max: high, step: "any", value: low });
  made.setAttribute("aria-label", label);
  return made;
}

/** @param {string} label @param {keyof typeof ICONS} icon @param {() => void} act */
export function button(label, icon, act) {
  const made = element("button", "icon");
  made.type = "button";
  made.title = label;
  made.setAttribute("aria-label", label.replace(/ \(.*\)$/, ""));
  setIcon(made, icon);
  made.addEventListener("click", act);
  return made;
}

/** A button with words; its title may end in the key, as in `Zoom (Z)`.
 *  @param {string} label @param {string} title @param {() => void} act */
export function choice(label, title, act) {
  const made = element("button", "choice", label);
  made.type = "button";
  made.title = title;
  made.setAttribute("aria-label", title.replace(/ \(.*\)$/, ""));
  made.addEventListener("click", act);
  return made;
}

/** @param {HTMLElement} at @param {keyof typeof ICONS} icon */
export function setIcon(at, icon) {
  if (at.dataset.icon === icon) return;
  at.dataset.icon = icon;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[icon]);
  svg.append(path);
  at.replaceChildren(svg);
}

/** Where a clip is, in seconds, on its slider and in words.
 *  @param {HTMLInputElement} seek @param {HTMLElement} words
 *  @param {number} at @param {number} whole */
export function tellPlace(seek, words, at, whole) {
  const done = whole ? Math.min(1, at / whole) : 0;
  seek.value = String(done);
  seek.style.setProperty("--done", `${100 * done}%`);
  seek.setAttribute("aria-valuetext", `${at.toFixed(1)} of ${whole.toFixed(1)} s`);
  words.textContent = `${clock(at)} / ${clock(whole)}`;
}

/** Whether it plays, on its button and for the page.
 *  @param {HTMLElement} playing @param {boolean} runs */
export function tellState(playing, runs) {
  setIcon(playing, runs ? "pause" : "play");
  playing.title = runs ? "Pause (K)" : "Play (K)";
  playing.setAttribute("aria-label", runs ? "Pause" : "Play");
  if (runs) document.body.dataset.clipPlays = "yes"; // what would take its place waits
  else delete document.body.dataset.clipPlays;
}

/** Whether what has the focus wants the key for itself.
 *  @param {KeyboardEvent} event */
export function isTaken(event) {
  const at = event.composedPath()[0];
  if (!(at instanceof HTMLElement)) return false;
  const open = document.querySelector("[role=dialog]");
  return Boolean(open) || at.isContentEditable || at.matches("input, textarea, select, [role=listbox] *");
}

/** The key as our players name it; empty for one that belongs to somebody else.
 *  @param {KeyboardEvent} event @param {HTMLElement} box  what the player is drawn into */
export function keyFor(event, box) {
  const inside = event.composedPath().includes(box);
  if (event.ctrlKey || event.metaKey || event.altKey || (!inside && isTaken(event))) return "";
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

/** @param {HTMLElement} box */
export function toggleFullScreen(box) {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void box.requestFullscreen();
}

/** What runs by keys: one clip, or several in step.
 *  @typedef {{
 *   toggle(): void, faster(): void, backwardsFaster(): void, step(frames: number): void,
 * }} Running */

/** The keys that every player has.
 *  @param {Running} running @param {() => void} mute @param {() => void} repeat
 *  @returns {Record<string, () => void>} */
export function playerKeys(running, mute, repeat) {
  return {
    k: () => running.toggle(),
    j: () => running.backwardsFaster(),
    l: () => running.faster(),
    m: mute,
    r: repeat,
  };
}

/** Those of one with a picture.
 *  @param {Running} running @param {HTMLElement} box  what fills the screen
 *  @returns {Record<string, () => void>} */
export function pictureKeys(running, box) {
  return {
    ",": () => running.step(-1),
    ".": () => running.step(1),
    f: () => toggleFullScreen(box),
  };
}
