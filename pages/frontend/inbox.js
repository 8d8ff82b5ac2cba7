/**
 * Draws one clip or picture after the other, looping, and takes what a person thinks of each. The
 * next ones are loaded ahead, so that a rated clip makes room at once.
 *
 * Takes `{view, clips, left, taken}`: what is looked at, its next clips, how many there are in all, and
 * up to which number decisions have been taken in. Sends back `decisions`: the run that this browser's numbers belong
 * to, with every decision that was not taken in yet, in order; it sends them again until they are,
 * after a reload too. Words of people are set as text only.
 *
 * Keys: 1 to 5 rate and go on; A X E R approve, reject, send to edit, put in review; N writes a
 * note; ← and → go without a rating, U undoes, Space pauses, M is sound.
 *
 * @typedef {{
 *   id: number, href: string, name: string, words: string, src: string, poster: string,
 *   kind: "video" | "image", stars: number, state: string,
 * }} Clip
 * @typedef {{ number: number, id: number, what: "stars" | "state" | "note", value: string,
 *   moment: number }} Decision
 * @typedef {{ view: string, clips: Clip[], left: number, taken: { run: string, number: number } }} Data
 * @typedef {{ decisions: { run: string, decisions: Decision[] } }} Sent
 */

import { element, isTaken } from "./controls.js";

const KEPT = "dailies.inbox";
const AGAIN = 1500; // milliseconds until what was not taken in is sent once more
const AHEAD = 3; // clips loaded ahead
/** @type {Record<string, [string, string]>} */
const STATES = {
  a: ["approved", "A Approve"],
  x: ["rejected", "X Reject"],
  e: ["to_edit", "E To edit"],
  r: ["in_review", "R In review"],
};

/** What was seen last: Streamlit may draw the page anew at any time.
 * @type {{ view: string, clips: Clip[], place: number, done: Decision[] } | undefined} */
let before;

/** @type {WeakMap<ShadowRoot, Inbox>} */
const drawn = new WeakMap();

/** @type {Component<Data, Record<string, never>, Sent>} */
export default function draw({ data, parentElement, setTriggerValue }) {
  const there = drawn.get(parentElement) ?? new Inbox(parentElement);
  drawn.set(parentElement, there);
  there.send = (decisions) => setTriggerValue("decisions", decisions);
  there.update(data);
  return () => {
    drawn.get(parentElement)?.end();
    drawn.delete(parentElement);
  };
}

class Inbox {
  /** @param {ShadowRoot} root */
  constructor(root) {
    /** @type {Clip[]} */
    this.clips = [];
    this.view = "";
    this.place = 0;
    this.left = 0;
    this.muted = true;
    this.kept = remembered();
    /** @type {Decision[]} */
    this.done = []; // each with what was before, for the undo
    /** @type {Map<number, HTMLVideoElement | HTMLImageElement>} */
    this.pictures = new Map();
    this.send = (/** @type {Sent["decisions"]} */ _decisions) => {};

    this.box = element("div", "screening inbox");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", "Clips to rate");
    this.stage = element("div", "stage");
    this.stage.addEventListener("click", () => this.pause());
    this.name = element("a", "name");
    this.words = element("p", "words");
    this.count = element("p", "count");
    this.count.setAttribute("aria-live", "polite");
    this.stars = [1, 2, 3, 4, 5].map((n) => this.choice("★".repeat(n), `${n} of 5`, () => this.rate(n)));
    this.states = Object.entries(STATES).map(([key, [, label]]) =>
      this.choice(label, label.slice(2), () => this.judge(key)),
    );
    this.note = element("textarea", "note");
    this.note.hidden = true;
    this.note.maxLength = 5000;
    this.note.placeholder = "Enter keeps the note, Esc leaves it";
    this.note.setAttribute("aria-label", "Note");
    this.note.addEventListener("keydown", (event) => this.typed(event));
    this.box.append(
      this.stage,
      row("stars", ...this.stars),
      row("states", ...this.states),
      row(
        "ways",
        this.choice("←", "The one before", () => this.go(-1)),
        this.choice("U Undo", "Undo", () => this.undo()),
        this.choice("N Note", "Write a note", () => this.write()),
        this.choice("M Sound", "Sound", () => this.hear()),
        this.choice("→", "Go on without a rating", () => this.go(1)),
      ),
      this.note,
      this.count,
      this.name,
      this.words,
    );
    root.querySelector(".inbox")?.remove();
    root.append(this.box);
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.timer = window.setInterval(() => this.sendAll(), AGAIN);
    this.box.focus({ preventScroll: true });
  }

  end() {
    const { view, clips, place, done } = this;
    before = { view, clips, place, done };
    window.clearInterval(this.timer);
    document.removeEventListener("keydown", this.onKey);
    this.box.remove();
  }

  /** @param {Data} data */
  update(data) {
    const { kept } = this;
    if (this.view !== data.view) this.open(data.view);
    if (data.taken.run === kept.run) {
      kept.waiting = kept.waiting.filter((one) => one.number > data.taken.number);
      keep(kept);
    }
    const rated = new Set(kept.waiting.filter((one) => one.what === "stars").map((one) => one.id));
    const known = new Set([...this.clips.map((clip) => clip.id), ...rated]);
    this.clips.push(...data.clips.filter((clip) => !known.has(clip.id)));
    this.left = data.left - rated.size;
    this.show();
  }

  /** @param {string} view */
  open(view) {
    const kept = before?.view === view ? before : { clips: [], place: 0, done: [] };
    Object.assign(this, kept, { view });
  }

  get clip() {
    return this.clips[this.place];
  }

  // -- what a person decides ------------------------------------------------------------------

  /** @param {number} stars */
  rate(stars) {
    const { clip } = this;
    if (!clip) return;
    if (!clip.stars) this.left -= 1;
    this.decide(clip, "stars", String(stars), String(clip.stars));
    clip.stars = stars;
    this.go(1);
  }

  /** @param {string} key */
  judge(key) {
    const { clip } = this;
    const [state = ""] = STATES[key] ?? [];
    if (!clip || !state) return;
    const wanted = clip.state === state ? "none" : state;
    this.decide(clip, "state", wanted, clip.state);
    clip.state = wanted;
    this.show();
  }

  /** @param {Clip} clip @param {Decision["what"]} what @param {string} value
   *  @param {string | null} before  null for what cannot be taken back here */
  decide(clip, what, value, before) {
    const { kept } = this;
    kept.number += 1;
    const moment = this.video?.currentTime ?? 0;
    kept.waiting.push({ number: kept.number, id: clip.id, what, value, moment });
    if (before !== null) this.done.push({ number: 0, id: clip.id, what, value: before, moment });
    keep(kept);
    this.sendAll();
  }

  undo() {
    const last = this.done.pop();
    const place = this.clips.findIndex((clip) => clip.id === last?.id);
    const clip = this.clips[place];
    if (!last || !clip) return;
    this.decide(clip, last.what, last.value, null);
    if (last.what === "state") clip.state = last.value;
    else {
      clip.stars = Number(last.value);
      if (!clip.stars) this.left += 1;
    }
    this.place = place;
    this.show();
  }

  sendAll() {
    const { run, waiting } = this.kept;
    if (waiting.length) this.send({ run, decisions: waiting });
  }

  write() {
    if (!this.clip) return;
    this.note.hidden = false;
    this.note.focus();
    this.video?.pause();
  }

  /** @param {KeyboardEvent} event */
  typed(event) {
    event.stopPropagation();
    const keeps = event.key === "Enter" && !event.shiftKey;
    if (!keeps && event.key !== "Escape") return;
    event.preventDefault();
    if (keeps && this.clip && this.note.value.trim()) {
      this.decide(this.clip, "note", this.note.value, null);
      this.note.value = "";
    }
    this.note.hidden = true;
    this.box.focus({ preventScroll: true });
    if (this.video) start(this.video);
  }

  // -- what is seen ---------------------------------------------------------------------------

  /** @param {number} by */
  go(by) {
    this.place = Math.max(0, Math.min(this.clips.length, this.place + by));
    this.show();
  }

  get video() {
    const picture = this.clip && this.pictures.get(this.clip.id);
    return picture instanceof HTMLVideoElement ? picture : undefined;
  }

  pause() {
    const { video } = this;
    if (video?.paused) start(video);
    else video?.pause();
  }

  hear() {
    this.muted = !this.muted;
    this.show();
  }

  show() {
    const { clip } = this;
    this.load();
    for (const [id, picture] of this.pictures) {
      const seen = id === clip?.id;
      picture.classList.toggle("seen", seen);
      if (!(picture instanceof HTMLVideoElement)) continue;
      picture.muted = this.muted || !seen;
      if (!seen) picture.pause();
      else if (this.note.hidden && !picture.dataset.begun) {
        picture.dataset.begun = "yes";
        start(picture);
      }
    }
    this.count.textContent = clip ? `${Math.max(0, this.left)} not rated by you` : "";
    this.name.textContent = clip?.name ?? "";
    this.name.href = clip?.href ?? "";
    this.words.textContent = clip?.words ?? "All that is here has been seen.";
    this.stars.forEach((one, at) => press(one, clip?.stars === at + 1));
    Object.values(STATES).forEach(([state], at) => press(this.states[at], clip?.state === state));
  }

  /** Those around the one that is seen; the others give their room back. */
  load() {
    const near = this.clips.slice(Math.max(0, this.place - 1), this.place + 1 + AHEAD);
    for (const clip of near) {
      if (this.pictures.has(clip.id)) continue;
      const picture = element(clip.kind === "video" ? "video" : "img", "picture");
      if (picture instanceof HTMLVideoElement) {
        Object.assign(picture, { loop: true, muted: true, playsInline: true, preload: "auto" });
        picture.poster = clip.poster;
      }
      picture.setAttribute("aria-label", clip.name);
      picture.src = clip.src;
      this.pictures.set(clip.id, picture);
      this.stage.append(picture);
    }
    const wanted = new Set(near.map((clip) => clip.id));
    for (const [id, picture] of this.pictures) {
      if (wanted.has(id)) continue;
      if (picture instanceof HTMLVideoElement) picture.pause();
      picture.removeAttribute("src");
      picture.remove();
      this.pictures.delete(id);
    }
  }

  /** @param {string} label @param {string} title @param {() => void} act */
  choice(label, title, act) {
    const made = element("button", "choice");
    made.type = "button";
    made.textContent = label;
    made.title = title;
    made.setAttribute("aria-label", title);
    made.addEventListener("click", act);
    return made;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const undoes = event.key === "z" && (event.ctrlKey || event.metaKey);
    if (isTaken(event) || event.repeat) return;
    if (!undoes && (event.ctrlKey || event.metaKey || event.altKey)) return;
    const name = undoes ? "u" : event.key.toLowerCase();
    const act = this.keys()[name];
    if (!act || (name === " " && event.composedPath()[0] instanceof HTMLButtonElement)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** @returns {Record<string, () => void>} */
  keys() {
    const rates = [1, 2, 3, 4, 5].map((stars) => [String(stars), () => this.rate(stars)]);
    const states = Object.keys(STATES).map((key) => [key, () => this.judge(key)]);
    return {
      ...Object.fromEntries([...rates, ...states]),
      n: () => this.write(),
      u: () => this.undo(),
      m: () => this.hear(),
      " ": () => this.pause(),
      arrowleft: () => this.go(-1),
      arrowright: () => this.go(1),
    };
  }
}

/** @param {string} name @param {HTMLElement[]} choices */
function row(name, ...choices) {
  const made = element("div", `row ${name}`);
  made.append(...choices);
  return made;
}

/** @param {HTMLElement | undefined} button @param {boolean} on */
function press(button, on) {
  button?.setAttribute("aria-pressed", String(on));
}

/** @param {HTMLMediaElement} picture */
function start(picture) {
  picture.play().catch(() => undefined); // refused by the browser, or paused meanwhile
}

/** @typedef {{ run: string, number: number, waiting: Decision[] }} Kept */

/** @param {Kept} kept */
function keep(kept) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing sends what it has all the same.
  }
}

/** @returns {Kept} */
function remembered() {
  const run = Math.random().toString(36).slice(2, 12);
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    if (typeof kept.run === "string" && Array.isArray(kept.waiting)) {
      return { run: kept.run, number: Number(kept.number) || 0, waiting: kept.waiting };
    }
  } catch {
    // What cannot be read was never kept.
  }
  return { run, number: 0, waiting: [] };
}
