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
 * @typedef {import("./inbox_decisions.js").Decision} Decision
 * @typedef {{ view: string, clips: Clip[], left: number, taken: { run: string, number: number } }} Data
 * @typedef {{ decisions: { run: string, decisions: Decision[] } }} Sent
 */

import { isTaken } from "../player/controls.js";
import { element } from "../elements.js";
import { Choices, STATES } from "./inbox_choices.js";
import { Waiting } from "./inbox_decisions.js";
import { NoteField } from "./inbox_note.js";
import { Stage, start } from "./inbox_stage.js";

const AGAIN = 1500; // milliseconds until what was not taken in is sent once more
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
    this.waiting = new Waiting();
    /** @type {Decision[]} */
    this.done = []; // each with what was before, for the undo
    this.send = (/** @type {Sent["decisions"]} */ _decisions) => {};

    this.box = element("div", "screening inbox");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", "Clips to rate");
    this.stage = new Stage(() => this.pause());
    this.name = element("a", "name");
    this.words = element("p", "words");
    this.count = element("p", "count");
    this.count.setAttribute("aria-live", "polite");
    this.note = new NoteField((text) => this.wrote(text));
    this.choices = new Choices({
      rate: (stars) => this.rate(stars),
      judge: (key) => this.judge(key),
      go: (by) => this.go(by),
      undo: () => this.undo(),
      write: () => this.write(),
      hear: () => this.hear(),
    });
    this.box.append(this.stage.box, ...this.choices.rows, this.note.field);
    this.box.append(this.count, this.name, this.words);
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
    if (this.view !== data.view) this.open(data.view);
    this.waiting.taken(data.taken.run, data.taken.number);
    const rated = this.waiting.rated();
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
    const moment = this.video?.currentTime ?? 0;
    this.waiting.add({ id: clip.id, what, value, moment });
    if (before !== null) this.done.push({ id: clip.id, what, value: before, moment });
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
    const { run, decisions } = this.waiting;
    if (decisions.length) this.send({ run, decisions });
  }

  write() {
    if (!this.clip) return;
    this.video?.pause();
    this.note.toggle();
  }

  /** @param {string} text  empty when no note is kept */
  wrote(text) {
    if (this.clip && text) this.decide(this.clip, "note", text, null);
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
    return this.clip && this.stage.video(this.clip);
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
    this.stage.load(this.clips, this.place);
    this.stage.show(clip, { muted: this.muted, begins: !this.note.isOpen });
    this.count.textContent = clip ? `${Math.max(0, this.left)} not rated by you` : "";
    this.name.textContent = clip?.name ?? "";
    this.name.href = clip?.href ?? "";
    this.words.textContent = clip?.words ?? "All that is here has been seen.";
    this.choices.show(clip);
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
