/**
 * Asks now and then which number is the newest, and has the page look when it is a larger one: an
 * open page costs the server no drawing while nothing is made. A hidden page asks nothing until it
 * is seen again.
 *
 * Takes `{address, newest}`: where to ask, and what the page knows. Sends back `grown` (a number).
 *
 * @typedef {{ address: string, newest: number }} Data
 * @typedef {{ grown: number }} Sent
 */

import { onceLeft } from "../once_left.js";
import { Asking } from "../shell/asking.js";

const EVERY = 4000; // ms

/** @type {WeakMap<ShadowRoot, Asking>} */
const asked = new WeakMap();

/** @type {Component<Data, Record<string, never>, Sent>} */
export default function newest({ parentElement, data, setTriggerValue }) {
  const asking = asked.get(parentElement) ?? new Asking(EVERY, () => {});
  asked.set(parentElement, asking);
  asking.asksHidden = false;
  asking.address = data.address;
  asking.hear = ({ newest }) => {
    if (newest > data.newest) setTriggerValue("grown", newest);
  };
  return onceLeft(parentElement, () => {
    asking.end();
    asked.delete(parentElement);
  });
}
