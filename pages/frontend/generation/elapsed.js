/**
 * How much of a generation is done and for how long it has been waited for: the time goes on without
 * the server.
 *
 * Takes `{done, since}`: words, which may be empty, and a moment in ms. Sends nothing back.
 *
 * @typedef {{ done: string, since: number }} Data
 */

import { spanSince } from "../spans.js";

const SECOND = 1000; // ms

/** @type {WeakMap<ShadowRoot, { data: Data, timer: number }>} */
const clocks = new WeakMap();

/** @type {Component<Data>} */
export default function elapsed({ data, parentElement }) {
  const clock = clocks.get(parentElement) ?? begin(parentElement, data);
  clock.data = data;
  tell(parentElement, data);
  return () => {
    clearInterval(clock.timer);
    clocks.delete(parentElement);
  };
}

/** @param {ShadowRoot} root @param {Data} data */
function begin(root, data) {
  root.append(document.createElement("span"));
  const clock = { data, timer: window.setInterval(() => tell(root, clock.data), SECOND) };
  clocks.set(root, clock);
  return clock;
}

/** @param {ShadowRoot} root @param {Data} data */
function tell(root, { done, since }) {
  const words = root.querySelector("span");
  if (words) words.textContent = [done, spanSince(since)].filter(Boolean).join(" · ");
}
