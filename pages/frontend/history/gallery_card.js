/**
 * One card of the gallery: the picture with what lies over it, a preview that plays, the words below.
 *
 * @typedef {import("./gallery_marks.js").Card} Card
 * @typedef {{
 *   motion: boolean,
 *   send: (name: "open", id: number) => void,
 *   tick: (card: Card, range: boolean) => void,
 *   mark: (what: "select" | "favourite", ids: number[], on: boolean) => void,
 *   showSelecting: (one: boolean) => void,
 * }} Owner  what the card tells of clicks
 */

import { element, press } from "../elements.js";
import { glyph, icon, marks } from "./gallery_marks.js";

/** Milliseconds that a pointer rests before a preview begins: one that only passes starts none. */
const REST = 140;
const SIZES = "auto, 320px";

/** One card: the picture with what lies over it, and the words below. */
export class Frame {
  /** @param {Owner} gallery @param {Card} card */
  constructor(gallery, card) {
    this.gallery = gallery;
    this.card = card;
    /** What is drawn, to leave alone what has not changed. */
    this.drawn = "";
    this.timer = 0;
    this.pinned = false;
    this.film = "";
    this.left = false;
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
    this.link.title = [...card.facts, card.when].join(" · ");
    this.title.textContent = card.title;
    this.facts.replaceChildren(...card.facts.map((fact) => element("span", "fact", fact)));
    press(this.tick, card.selected);
    press(this.heart, card.favourite);
    this.item.classList.toggle("selected", card.selected);
    this.draw(card);
    this.gallery.showSelecting(card.selected);
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
    const content = await answer.blob();
    if (this.left) return "";
    this.film = URL.createObjectURL(content);
    return this.film;
  }

  stop() {
    window.clearTimeout(this.timer);
    this.pinned = false;
    this.video?.removeAttribute("src");
    this.video?.load(); // or it goes on loading from an address that may be gone by then
    this.video?.remove();
    this.video = null;
  }

  leave() {
    this.left = true;
    this.stop();
    if (this.film) URL.revokeObjectURL(this.film);
    this.item.remove();
  }
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

/** @param {keyof typeof import("./gallery_marks.js").SIGNS} name @param {string} label @param {string} key */
function toggle(name, label, key) {
  const button = /** @type {HTMLButtonElement} */ (element("button", `toggle ${name}`));
  button.type = "button";
  button.title = `${label} (${key})`;
  button.setAttribute("aria-label", label);
  button.append(icon(name));
  return button;
}
