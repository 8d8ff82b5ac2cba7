/**
 * How much of a generation is done, in words and as a bar, and for how long it has been waited for:
 * both go on without the page being drawn anew.
 *
 * Takes `{id, share, since}`: from 0 to 1, null where none is told; and a moment in ms. Sends nothing.
 *
 * @typedef {{ id: number, share: number | null, since: number }} Data
 */

import { element } from "../elements.js";
import { onceLeft } from "../once_left.js";
import { hearProgress } from "../shell/progress.js";
import { spanSince } from "../spans.js";

const SECOND = 1000; // ms

/** @type {WeakMap<ShadowRoot, Elapsed>} */
const drawn = new WeakMap();

/** @type {Component<Data>} */
export default function elapsed({ data, parentElement }) {
  const here = drawn.get(parentElement) ?? new Elapsed(parentElement, data);
  drawn.set(parentElement, here);
  here.data = data;
  here.tell();
  return onceLeft(parentElement, () => {
    here.leave();
    drawn.delete(parentElement);
  });
}

class Elapsed {
  /** @param {ShadowRoot} root @param {Data} data */
  constructor(root, data) {
    this.data = data;
    this.words = element("span", "words");
    this.bar = element("span", "bar");
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Done");
    root.append(this.words, this.bar);
    this.life = new AbortController();
    const clock = window.setInterval(() => this.tell(), SECOND);
    this.life.signal.addEventListener("abort", () => clearInterval(clock));
    hearProgress((shares) => this.hear(shares), this.life.signal);
  }

  /** @param {Record<string, number>} shares */
  hear(shares) {
    const share = shares[this.data.id];
    if (share === undefined) return;
    this.data = { ...this.data, share };
    this.tell();
  }

  tell() {
    const { share, since } = this.data;
    const done = Math.round(100 * (share ?? 0));
    const words = [...(share === null ? [] : [`${done}%`]), spanSince(since)];
    this.words.textContent = words.join(" · ");
    this.bar.style.setProperty("--done", `${done}%`);
    if (share === null) this.bar.removeAttribute("aria-valuenow");
    else this.bar.setAttribute("aria-valuenow", String(done));
  }

  leave() {
    this.life.abort();
    this.words.remove();
    this.bar.remove();
  }
}
