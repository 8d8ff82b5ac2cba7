/**
 * Gives each view of a page its own stop on the browser's way back: Streamlit writes what a person
 * changes over the address that was, and its server's part of the same change as a stop of its own.
 * Back and Forward themselves are answered by Streamlit, which lets the address win then.
 *
 * Takes `{drawing}`, which differs with each drawing of the page. Sends back nothing.
 *
 * @typedef {{ drawing: string }} Data
 * @typedef {(state: unknown, unused: string, url?: string | URL | null) => void} Step
 */

const SOON = 20; // ms

/** @type {WeakMap<ShadowRoot, WayBack>} */
const ways = new WeakMap();

/** @type {Component<Data>} */
export default function wayBack({ parentElement }) {
  const way = ways.get(parentElement) ?? new WayBack();
  ways.set(parentElement, way);
  way.drawn();
  return () => {
    way.leave();
    ways.delete(parentElement);
  };
}

class WayBack {
  constructor() {
    this.path = location.pathname;
    /** Whether the stop is that of a view which is not drawn yet: its address may still change. */
    this.changing = false;
    /** Whether Streamlit has put the query of the next page behind the path of this one. */
    this.leaving = false;
    /** Whether the page is gone; the path of the next one may still be to come. */
    this.left = false;
    this.waiting = 0;
    /** @type {Step} */
    this.replace = (state, unused, url) => this.step(state, unused, url);
    /** @type {Step} */
    this.push = (state, unused, url) => this.step(state, unused, url, true);
    this.gone = () => (this.changing = true);
    history.replaceState = this.replace;
    history.pushState = this.push;
    window.addEventListener("popstate", this.gone);
  }

  /** @param {unknown} state @param {string} unused @param {string | URL | null | undefined} url */
  step(state, unused, url, push = false) {
    const next = new URL(url ?? location.href, location.href);
    const stays = next.pathname === this.path && location.pathname === this.path;
    const another = stays && next.search !== location.search;
    const stop = another ? !this.changing : push && !this.leaving;
    this.leaving = another && push && next.searchParams.has("id");
    this.changing ||= another;
    const how = stop ? "pushState" : "replaceState";
    History.prototype[how].call(history, state, unused, url);
    if (this.left) this.unhook();
  }

  /** What the server itself changes in the address may come behind the last of the page's parts. */
  drawn() {
    window.clearTimeout(this.waiting);
    const isRunning = document.querySelector("[data-test-script-state=running]");
    if (isRunning) this.waiting = window.setTimeout(() => this.drawn(), SOON);
    else this.changing = false;
  }

  leave() {
    window.clearTimeout(this.waiting);
    window.removeEventListener("popstate", this.gone);
    this.left = true;
    if (!this.leaving) this.unhook();
  }

  unhook() {
    if (history.replaceState === this.replace) Reflect.deleteProperty(history, "replaceState");
    if (history.pushState === this.push) Reflect.deleteProperty(history, "pushState");
  }
}
