/**
 * Asks now and then which number is the newest, and has the page look when it is a larger one: an
 * open page costs the server no drawing while nothing is made. A hidden page asks nothing until it
 * is seen again.
 *
 * Takes `{address, newest}`: where to ask, and what the page knows. Sends back `grown` (a number).
 *
 * @typedef {{ address: string, newest: number }} Data
 * @typedef {{ grown: number }} Sent
 * @typedef {ComponentArgument<Data, Record<string, never>, Sent>} Argument
 */

const EVERY = 4000; // ms

/** @type {WeakMap<ShadowRoot, Lookout>} */
const lookouts = new WeakMap();

/** @type {Component<Data, Record<string, never>, Sent>} */
export default function newest({ parentElement, data, setTriggerValue }) {
  const lookout = lookouts.get(parentElement) ?? new Lookout();
  lookouts.set(parentElement, lookout);
  lookout.data = data;
  lookout.send = setTriggerValue;
  return () => {
    lookout.leave();
    lookouts.delete(parentElement);
  };
}

class Lookout {
  constructor() {
    /** @type {Data | null} */
    this.data = null;
    /** @type {Argument["setTriggerValue"]} */
    this.send = () => {};
    this.look = () => void this.ask();
    this.timer = window.setInterval(this.look, EVERY);
    document.addEventListener("visibilitychange", this.look);
  }

  async ask() {
    if (document.hidden || !this.data) return;
    try {
      const answer = await fetch(this.data.address, { signal: AbortSignal.timeout(EVERY) });
      const { newest } = answer.ok ? await answer.json() : this.data;
      if (newest > this.data.newest) this.send("grown", newest);
    } catch {
      // The server is away: whatever draws the page says so.
    }
  }

  leave() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.look);
    this.data = null;
  }
}
