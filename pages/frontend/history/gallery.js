/**
 * Draws a page of the history as rows of pictures of one height that keep each clip's shape.
 *
 * Takes `{view, cards, density, motion}`: `view` names what is looked at, so that another page of it
 * is drawn at once, while what is new in the same view never moves the page under somebody's eyes.
 * Sends back `open` (a number), `select` and `favourite` (numbers with yes or no).
 *
 * Cards are kept by their number: a preview that plays, the focus and a picture that is there
 * survive each update. Words of people are set as text only.
 *
 * @typedef {import("./gallery_marks.js").Card} Card
 * @typedef {{ view: string, cards: Card[], density: "S" | "M" | "L", motion: boolean }} Data
 * @typedef {Record<string, boolean>} Choice
 * @typedef {{ open: number, select: Choice, favourite: Choice }} Sent
 * @typedef {ComponentArgument<Data, Record<string, never>, Sent>} Argument
 */

import { closest, element } from "../elements.js";
import { onceLeft } from "../once_left.js";
import { hearProgress } from "../shell/progress.js";
import { Frame } from "./gallery_card.js";
import { toSearch } from "./search_key.js";

/** @type {WeakMap<ShadowRoot, Gallery>} */
const galleries = new WeakMap();

/** @type {Component<Data, Record<string, never>, Sent>} */
export default function draw(argument) {
  const root = argument.parentElement;
  let gallery = galleries.get(root);
  if (!gallery?.list.isConnected) {
    gallery?.leave();
    gallery = new Gallery(root);
    galleries.set(root, gallery);
  }
  gallery.update(argument);
  return onceLeft(root, () => galleries.get(root)?.leave());
}

class Gallery {
  /** @param {ShadowRoot} root */
  constructor(root) {
    this.list = element("ul", "gallery");
    this.list.setAttribute("aria-label", "Generations");
    this.chip = /** @type {HTMLButtonElement} */ (element("button", "chip"));
    this.chip.hidden = true;
    this.room = element("div", "room");
    this.room.append(this.chip, this.list);
    root.append(this.room);
    /** @type {Map<number, Frame>} */
    this.frames = new Map();
    this.view = "";
    /** What is shown at the moment, and what waits to be, while somebody looks further down.
     * @type {Card[]} */
    this.cards = [];
    /** @type {Card[] | null} */
    this.held = null;
    this.current = 0;
    this.lastTicked = 0;
    /** What was clicked and the server has not confirmed yet.
     * @type {{ select: Choice, favourite: Choice }} */
    this.pending = { select: {}, favourite: {} };
    this.motion = false;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    /** @type {Argument["setTriggerValue"]} */
    this.send = () => {};

    this.chip.addEventListener("click", () => this.showHeld());
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("focusin", (event) => this.focused(event));
    this.life = new AbortController();
    document.addEventListener("keydown", toSearch, { signal: this.life.signal });
    hearProgress((shares) => this.advance(shares), this.life.signal);
  }

  /** @param {Record<string, number>} shares */
  advance(shares) {
    for (const frame of this.frames.values()) {
      const progress = shares[frame.card.id];
      if (progress !== undefined) frame.update({ ...frame.card, progress });
    }
  }

  /** @param {Argument} argument */
  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    this.motion = data.motion && !this.still.matches;
    this.list.dataset.density = data.density;
    const cards = data.cards.map((card) => this.withPending(card));
    const fresh = cards.filter((card) => !this.frames.has(card.id));
    const away = this.list.getBoundingClientRect().top < 0;
    if (data.view === this.view && fresh.length && away) {
      this.hold(cards, fresh.length);
    } else {
      this.view = data.view;
      this.show(cards);
    }
  }

  /** Update what is there, and say how much more there is.
   * @param {Card[]} cards @param {number} count */
  hold(cards, count) {
    this.held = cards;
    for (const card of cards) this.frames.get(card.id)?.update(card);
    this.chip.textContent = `${count} new`;
    this.chip.hidden = false;
  }

  showHeld() {
    if (this.held) this.show(this.held);
    this.list.scrollIntoView({ block: "start", behavior: this.still.matches ? "auto" : "smooth" });
    this.frames.get(this.cards[0]?.id ?? 0)?.link.focus({ preventScroll: true });
  }

  /** @param {Card[]} cards */
  show(cards) {
    this.held = null;
    this.chip.hidden = true;
    const wanted = new Set(cards.map((card) => card.id));
    for (const [id, frame] of this.frames) {
      if (!wanted.has(id)) {
        frame.leave();
        this.frames.delete(id);
      }
    }
    cards.forEach((card, place) => {
      let frame = this.frames.get(card.id);
      if (!frame) {
        frame = new Frame(this, card);
        this.frames.set(card.id, frame);
      }
      frame.update(card);
      if (this.list.children[place] !== frame.item) {
        this.list.insertBefore(frame.item, this.list.children[place] ?? null);
      }
    });
    this.cards = cards;
    if (!this.frames.has(this.current)) this.current = cards[0]?.id ?? 0;
    this.rove();
  }

  /** The card as it was just clicked: the answer of the server may be older than the click.
   * @param {Card} card @returns {Card} */
  withPending(card) {
    const { select, favourite } = this.pending;
    if (select[card.id] === card.selected) delete select[card.id];
    if (favourite[card.id] === card.favourite) delete favourite[card.id];
    return {
      ...card,
      selected: select[card.id] ?? card.selected,
      favourite: favourite[card.id] ?? card.favourite,
    };
  }

  /** @param {"select" | "favourite"} what @param {number[]} ids @param {boolean} on */
  mark(what, ids, on) {
    const name = what === "select" ? "selected" : "favourite";
    this.cards = this.cards.map((card) => (ids.includes(card.id) ? { ...card, [name]: on } : card));
    for (const card of this.cards) {
      if (!ids.includes(card.id)) continue;
      this.pending[what][card.id] = on;
      this.frames.get(card.id)?.update(card);
    }
    this.send(what, { ...this.pending[what] });
  }

  /** Ticks one, or with Shift all from the one that was ticked before.
   * @param {Card} card @param {boolean} range */
  tick(card, range) {
    const ids = this.cards.map((one) => one.id);
    const [from, to] = [ids.indexOf(this.lastTicked), ids.indexOf(card.id)].sort((a, b) => a - b);
    const many = range && from !== undefined && from >= 0 && to !== undefined;
    this.lastTicked = card.id;
    this.mark("select", many ? ids.slice(from, to + 1) : [card.id], !card.selected);
  }

  /** One stop for Tab: the card that was used last, with its two buttons. */
  rove() {
    for (const [id, frame] of this.frames) frame.reach(id === this.current);
    this.showSelecting();
  }

  /** Once one is ticked, every card shows its box. @param {boolean} [one] whether one surely is */
  showSelecting(one = false) {
    this.list.toggleAttribute("data-selecting", one || this.cards.some((card) => card.selected));
  }

  /** @param {FocusEvent} event */
  focused(event) {
    const id = Number(closest(event.target, "[data-id]")?.dataset.id ?? 0);
    if (id && id !== this.current) {
      this.current = id;
      this.rove();
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const frame = this.frames.get(this.current);
    const onLink = closest(event.target, "a") !== null;
    if (!frame) return;
    if (event.key === "x") this.tick(frame.card, false);
    else if (event.key === "X") this.tick(frame.card, true);
    else if (event.key === "f") this.mark("favourite", [frame.card.id], !frame.card.favourite);
    else if (event.key === " " && onLink) frame.toggle();
    else if (event.key === "Escape") frame.stop();
    else if (!this.move(event.key)) return;
    event.preventDefault();
  }

  /** @param {string} key @returns {boolean} whether the key moves at all */
  move(key) {
    const ids = this.cards.map((card) => card.id);
    const at = ids.indexOf(this.current);
    const steps = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: ids.length - 1 };
    let to = steps[/** @type {keyof typeof steps} */ (key)];
    if (key === "ArrowUp" || key === "ArrowDown") to = this.across(ids, at, key === "ArrowDown");
    if (to === undefined) return false;
    const link = this.frames.get(ids[to] ?? 0)?.link;
    link?.focus();
    return true;
  }

  /** The place in the next row that stands nearest below or above.
   * @param {number[]} ids @param {number} at @param {boolean} down @returns {number} */
  across(ids, at, down) {
    const boxes = ids.map((id) => /** @type {Frame} */ (this.frames.get(id)).item.getBoundingClientRect());
    const own = boxes[at];
    if (!own) return at;
    const middle = own.left + own.width / 2;
    let best = at;
    let least = Infinity;
    boxes.forEach((box, place) => {
      const rows = down ? box.top - own.top : own.top - box.top;
      if (rows < 1) return;
      const apart = rows * 10 + Math.abs(box.left + box.width / 2 - middle);
      if (apart < least) [best, least] = [place, apart];
    });
    return best;
  }

  leave() {
    this.life.abort();
    this.room.remove();
    for (const frame of this.frames.values()) frame.leave();
    this.frames.clear();
  }
}
