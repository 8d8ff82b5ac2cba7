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
 * @typedef {{
 *   id: number, href: string, title: string, facts: string, when: string,
 *   status: string, tone: "done" | "busy" | "bad" | "doubt" | "off", why: string,
 *   progress: number | null, shape: number, stills: [string, number][], preview: string,
 *   kind: "video" | "image" | "audio" | "file", length: string, mark: string,
 *   favourite: boolean, selected: boolean,
 * }} Card
 * @typedef {{ view: string, cards: Card[], density: "S" | "M" | "L", motion: boolean }} Data
 * @typedef {Record<string, boolean>} Choice
 * @typedef {{ open: number, select: Choice, favourite: Choice }} Sent
 * @typedef {ComponentArgument<Data, Record<string, never>, Sent>} Argument
 */

const ICONS = {
  heart: "M12 20.3 4.3 12.7a4.9 4.9 0 0 1 7-6.9l.7.7.7-.7a4.9 4.9 0 0 1 7 6.9Z",
  tick: "m5 12.5 4.5 4.5L19 7.5",
  video: "M8 5.5v13l10.5-6.5Z",
  image: "M4 5h16v14H4ZM4 16l4.5-4.5 4 4 3-3L20 17M15.5 9.2v.1",
  audio: "M4 10v4M8 7v10M12 4v16M16 8v8M20 10.5v3",
  file: "M6 3h8l4 4v14H6ZM14 3v4h4",
  busy: "M12 3a9 9 0 1 0 9 9",
  bad: "M12 7.5v6M12 16.5v.1M12 3a9 9 0 1 0 .1 0Z",
  doubt: "M9.2 9.3a2.9 2.9 0 1 1 4.2 2.6c-.9.5-1.4 1-1.4 2M12 16.7v.1M12 3a9 9 0 1 0 .1 0Z",
  off: "M12 3a9 9 0 1 0 .1 0ZM5.8 5.8l12.4 12.4",
  done: "",
};
/** Milliseconds that a pointer rests before a preview begins: one that only passes starts none. */
const REST = 140;
const SIZES = "auto, 320px";

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
  return () => {
    galleries.get(root)?.leave();
    galleries.delete(root);
  };
}

class Gallery {
  /** @param {ShadowRoot} root */
  constructor(root) {
    this.list = element("ul", "gallery");
    this.list.setAttribute("aria-label", "Generations");
    this.chip = /** @type {HTMLButtonElement} */ (element("button", "chip"));
    this.chip.hidden = true;
    const rooms = element("div", "room");
    rooms.append(this.chip, this.list);
    root.append(rooms);
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
    this.search = (/** @type {KeyboardEvent} */ event) => toSearch(event);
    document.addEventListener("keydown", this.search);
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
    this.list.toggleAttribute("data-selecting", this.cards.some((card) => card.selected));
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
    document.removeEventListener("keydown", this.search);
    for (const frame of this.frames.values()) frame.leave();
    this.frames.clear();
  }
}

/** One card: the picture with what lies over it, and the words below. */
class Frame {
  /** @param {Gallery} gallery @param {Card} card */
  constructor(gallery, card) {
    this.gallery = gallery;
    this.card = card;
    /** What is drawn, to leave alone what has not changed. */
    this.drawn = "";
    this.timer = 0;
    this.pinned = false;
    this.film = "";
    /** @type {HTMLVideoElement | null} */
    this.video = null;
    this.item = element("li", "card");
    this.item.dataset.id = String(card.id);
    this.link = /** @type {HTMLAnchorElement} */ (element("a", "open"));
    this.link.setAttribute("aria-keyshortcuts", "x f Space");
    this.picture = element("span", "picture");
    this.over = element("span", "over");
    this.title = element("span", "title");
    this.facts = element("span", "facts");
    this.link.append(this.picture, this.title, this.facts);
    this.tick = toggle("tick", "Select", "x");
    this.heart = toggle("heart", "Favourite", "f");
    this.item.append(this.link, this.tick, this.heart);
    this.listen();
  }

  listen() {
    this.link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.gallery.send("open", this.card.id);
    });
    this.tick.addEventListener("click", (event) => this.gallery.tick(this.card, event.shiftKey));
    this.heart.addEventListener("click", () =>
      this.gallery.mark("favourite", [this.card.id], !this.card.favourite),
    );
    this.item.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") this.soon();
    });
    this.item.addEventListener("pointerleave", () => this.pinned || this.stop());
    this.link.addEventListener("focus", () => {
      if (this.link.matches(":focus-visible")) this.soon();
    });
    this.link.addEventListener("blur", () => this.stop());
  }

  /** @param {Card} card */
  update(card) {
    this.card = card;
    const said = JSON.stringify(card);
    if (said === this.drawn) return;
    this.drawn = said;
    this.item.style.setProperty("--shape", String(card.shape));
    this.item.dataset.tone = card.tone;
    if (this.link.getAttribute("href") !== card.href) this.link.href = card.href;
    this.link.title = card.when;
    this.title.textContent = card.title;
    // A narrow card breaks between two facts, never within one.
    this.facts.textContent = card.facts.replace(/(\w) (?=\w)/g, "$1\u00a0");
    press(this.tick, card.selected);
    press(this.heart, card.favourite);
    this.item.classList.toggle("selected", card.selected);
    this.draw(card);
    this.gallery.list.toggleAttribute(
      "data-selecting",
      this.gallery.cards.some((one) => one.selected) || card.selected,
    );
  }

  /** The picture, kept as long as its address is the same, and the marks over it.
   * @param {Card} card */
  draw(card) {
    const [source, set] = [card.stills.at(0)?.[0] ?? "", srcset(card.stills)];
    const image = this.picture.querySelector("img");
    if (!source) {
      image?.remove();
      this.picture.querySelector(".glyph")?.remove();
      this.picture.prepend(glyph(card));
    } else if (image?.getAttribute("srcset") !== set) {
      this.picture.querySelector(".glyph")?.remove();
      image?.remove();
      this.picture.prepend(still(source, set));
    }
    this.over.replaceChildren(...marks(card));
    this.picture.append(this.over);
    this.picture.querySelector(".progress")?.remove();
    if (card.progress !== null) this.picture.append(progress(card.progress));
  }

  /** Whether Tab gets here. @param {boolean} here */
  reach(here) {
    for (const one of [this.link, this.tick, this.heart]) one.tabIndex = here ? 0 : -1;
  }

  soon() {
    window.clearTimeout(this.timer);
    if (this.gallery.motion && this.card.preview) {
      this.timer = window.setTimeout(() => this.play(), REST);
    }
  }

  toggle() {
    this.pinned = !this.video;
    if (this.video) this.stop();
    else if (this.gallery.motion && this.card.preview) this.play();
  }

  async play() {
    window.clearTimeout(this.timer);
    if (this.video) return;
    const video = element("video", "preview");
    this.video = /** @type {HTMLVideoElement} */ (video);
    const film = await this.fetched();
    if (!film || this.video !== video) {
      if (this.video === video) this.video = null;
      return;
    }
    Object.assign(this.video, { muted: true, loop: true, playsInline: true, src: film });
    this.video.addEventListener("playing", () => video.classList.add("plays"));
    this.picture.insertBefore(video, this.over);
    await this.video.play().catch(() => this.stop());
  }

  /** The preview's address here; empty where there is none, or not yet. */
  async fetched() {
    if (this.film) return this.film;
    const answer = await fetch(this.card.preview).catch(() => null);
    if (answer?.status !== 200) return "";
    this.film = URL.createObjectURL(await answer.blob());
    return this.film;
  }

  stop() {
    window.clearTimeout(this.timer);
    this.pinned = false;
    this.video?.pause();
    this.video?.remove();
    this.video = null;
  }

  leave() {
    this.stop();
    if (this.film) URL.revokeObjectURL(this.film);
    this.item.remove();
  }
}

/** @param {Card} card @returns {HTMLElement[]} */
function marks(card) {
  const state = element("span", "mark state");
  const [left, right] = [element("span", "side"), element("span", "side")];
  if (card.tone !== "done") {
    const percent = card.progress === null ? "" : ` ${Math.round(100 * card.progress)}%`;
    const words = element("span", "words");
    words.textContent = `${card.status}${percent}`;
    state.append(icon(card.tone), words);
    left.append(state);
  } else {
    const done = element("span", "unseen");
    done.textContent = card.status;
    left.append(done);
  }
  if (card.mark) {
    const mark = element("span", "mark");
    mark.textContent = card.mark;
    left.append(mark);
  }
  const kind = element("span", "mark kind");
  kind.append(icon(card.kind));
  if (card.length) kind.append(text(card.length));
  kind.title = card.kind;
  if (card.tone === "done" || card.kind !== "video") right.append(kind); // else its state has the room
  return [left, right];
}

/** What stands where a picture would be. @param {Card} card @returns {HTMLElement} */
function glyph(card) {
  const place = element("span", "glyph");
  place.append(icon(card.tone === "done" ? card.kind : card.tone));
  if (card.why) {
    const why = element("span", "why");
    why.textContent = card.why;
    place.append(why);
  }
  return place;
}

/** @param {string} source @param {string} set @returns {HTMLImageElement} */
function still(source, set) {
  const image = /** @type {HTMLImageElement} */ (element("img", ""));
  // Before the address, or the browser fetches at once, and for the whole width of the window.
  Object.assign(image, { loading: "lazy", decoding: "async", alt: "", draggable: false });
  image.sizes = SIZES;
  image.srcset = set;
  image.src = source;
  return image;
}

/** @param {[string, number][]} stills @returns {string} */
function srcset(stills) {
  return stills.map(([address, width]) => `${address} ${width}w`).join(", ");
}

/** @param {number} share @returns {HTMLElement} */
function progress(share) {
  const bar = element("span", "progress");
  bar.style.setProperty("--share", String(share));
  return bar;
}

/** @param {keyof typeof ICONS} name @param {string} label @param {string} key */
function toggle(name, label, key) {
  const button = /** @type {HTMLButtonElement} */ (element("button", `toggle ${name}`));
  button.type = "button";
  button.title = `${label} (${key})`;
  button.setAttribute("aria-label", label);
  button.append(icon(name));
  return button;
}

/** @param {HTMLButtonElement} button @param {boolean} on */
function press(button, on) {
  button.setAttribute("aria-pressed", String(on));
}

/** @param {keyof typeof ICONS} name @returns {SVGSVGElement} */
function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}

/** @param {string} words @returns {Text} */
function text(words) {
  return document.createTextNode(words);
}

/** @param {string} tag @param {string} name @returns {HTMLElement} */
function element(tag, name) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  return made;
}

/** @param {EventTarget | null} target @param {string} selector @returns {HTMLElement | null} */
function closest(target, selector) {
  return target instanceof Element ? target.closest(selector) : null;
}

/** `/` leads to the search, unless somebody is typing. @param {KeyboardEvent} event */
function toSearch(event) {
  const typing = closest(event.composedPath()[0] ?? null, "input, textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || typing) return;
  const field = document.querySelector(".st-key-q input");
  if (field instanceof HTMLInputElement) {
    event.preventDefault();
    field.focus();
    field.select();
  }
}
