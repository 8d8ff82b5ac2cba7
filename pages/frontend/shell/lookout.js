/**
 * Has its fragment drawn anew when something in flight has changed, and now and then all the same:
 * some words tell of time. How far clips are it tells the page itself. It draws nothing, and asks in a
 * hidden tab too, whose title may tell. All of a page ask once for all.
 *
 * Takes `{address, etag}`: where to ask, and what was drawn. Sends `changed`, the other one; empty
 * where the server has not told it for long.
 *
 * @typedef {{ address: string, etag: string }} Data
 * @typedef {{ changed: string }} Sent
 * @typedef {{ etag: string, at: number, send: (etag: string) => void }} Waiting
 */

import { onceLeft } from "../once_left.js";
import { Asking } from "./asking.js";
import { tellProgress } from "./progress.js";

const EVERY = 2000; // ms
const LONGEST = 30_000; // ms

/** @type {Map<ShadowRoot, Waiting>} */
const waiting = new Map();
/** @type {Asking | undefined} */
let asking;

/** @type {Component<Data, Record<string, never>, Sent>} */
export default function lookout({ parentElement, data, setTriggerValue }) {
  const send = (/** @type {string} */ etag) => setTriggerValue("changed", etag);
  waiting.set(parentElement, { etag: data.etag, at: Date.now(), send });
  asking ??= new Asking(EVERY, hear, () => sendAll(null));
  asking.address = data.address;
  return onceLeft(parentElement, () => {
    waiting.delete(parentElement);
    if (waiting.size) return;
    asking?.end();
    asking = undefined;
  });
}

/** @param {{ etag: string, progress: Record<string, number> }} answer */
function hear({ etag, progress }) {
  tellProgress(progress);
  sendAll(etag);
}

/** @param {string | null} etag  null where it is not known */
function sendAll(etag) {
  for (const one of waiting.values()) {
    const isOld = etag === null || etag === one.etag;
    if (isOld && Date.now() - one.at < LONGEST) continue;
    one.at = Date.now();
    one.send(etag ?? "");
  }
}
