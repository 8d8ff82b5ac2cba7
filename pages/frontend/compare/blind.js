/**
 * Draws two clips or pictures of which nobody says what they are, in step, and takes who is better.
 *
 * Takes `{of, pairs, done, total}`: which comparison it is and who judges, and the pairs to come with
 * the addresses of their files, the first of which is drawn while the next one is loaded ahead. Sends
 * back `votes`: the choice by the pair's number, again and again until the pairs to come are without
 * it, after a reload too, so that none is lost to a quick hand.
 *
 * Keys: ← and → for the better one, ↓ where they are equal, Space pauses, and those of the bar.
 *
 * @typedef {{ src: string, kind: "video" | "image" }} Side
 * @typedef {{ number: number, left: Side, right: Side }} Pair
 * @typedef {"left" | "right" | "equal"} Choice
 * @typedef {{ of: string, pairs: Pair[], done: number, total: number }} Data
 * @typedef {{ votes: Record<string, Choice> }} Sent
 */

import { isTaken } from "../player/controls.js";
import { element } from "../elements.js";
import { Transport } from "./transport.js";

const KEPT_VOTES = "dailies.blind";
const AGAIN = 1500; // milliseconds until a vote that was not taken in is sent once more

/** @type {WeakMap<ShadowRoot, Blind>} */
const drawn = new WeakMap();

/** @type {Component<Data, Record<string, never>, Sent>} */
export default function draw({ data, parentElement, setTriggerValue }) {
  const there = drawn.get(parentElement) ?? new Blind(parentElement);
  drawn.set(parentElement, there);
  there.send = (votes) => setTriggerValue("votes", votes);
  there.update(data);
  return () => {
    drawn.get(parentElement)?.end();
    drawn.delete(parentElement);
  };
}

class Blind {
  /** @param {ShadowRoot} root */
  constructor(root) {
    /** @type {Record<string, Choice>} */
    this.votes = {}; // not taken in yet
    this.of = "";
    this.send = (/** @type {Record<string, Choice>} */ _votes) => {};
    /** @type {Pair[]} */
    this.pairs = [];
    /** @type {Meeting | undefined} */
    this.now = undefined;
    /** @type {Meeting | undefined} */
    this.next = undefined;
    this.box = element("div", "screening blind");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", "Which is better?");
    this.stage = element("div", "stage");
    this.count = element("p", "count");
    this.count.setAttribute("aria-live", "polite");
    this.choices = element("div", "choices");
    this.choices.append(
      this.choice("← Left", "↑ Upper", "left"),
      this.choice("↓ Equal", "= Equal", "equal"),
      this.choice("Right →", "Lower ↓", "right"),
    );
    this.box.append(this.stage, this.choices, this.count);
    root.querySelector(".blind")?.remove();
    root.append(this.box);
    this.timer = window.setInterval(() => this.sendAll(), AGAIN);
  }

  end() {
    window.clearInterval(this.timer);
    this.now?.end();
    this.next?.end();
    this.box.remove();
  }

  /** @param {Data} data */
  update(data) {
    if (this.of !== data.of) {
      this.of = data.of;
      this.votes = rememberedVotes(data.of);
    }
    const waiting = new Set(data.pairs.map((pair) => String(pair.number)));
    for (const number of Object.keys(this.votes)) {
      if (!waiting.has(number)) delete this.votes[number];
    }
    keepVotes(this.of, this.votes);
    this.data = data;
    this.pairs = data.pairs.filter((pair) => !(pair.number in this.votes));
    this.show();
  }

  show() {
    const [now, next] = this.pairs;
    if (!now) {
      this.now?.end();
      this.now = undefined;
    } else if (this.now?.pair.number !== now.number) {
      this.now?.end();
      this.now = this.next?.pair.number === now.number ? this.next : this.meet(now);
      this.next = undefined;
      this.now.begin();
      this.box.focus({ preventScroll: true });
    }
    if (next && this.next?.pair.number !== next.number) {
      this.next?.end();
      this.next = this.meet(next);
    }
    const { done = 0, total = 0 } = this.data ?? {};
    const voted = done + Object.keys(this.votes).length;
    this.count.textContent = now ? `Pair ${voted + 1} of ${total}` : "";
  }

  /** @param {Pair} pair */
  meet(pair) {
    const meeting = new Meeting(pair, this.box, (event) => this.key(event));
    this.stage.append(meeting.box);
    return meeting;
  }

  /** @param {string} beside  what it says where the two stand beside each other
   *  @param {string} stacked  and where one lies over the other @param {Choice} choice */
  choice(beside, stacked, choice) {
    const made = element("button", "vote");
    made.type = "button";
    made.append(element("span", "beside", beside), element("span", "stacked", stacked));
    made.addEventListener("click", () => this.vote(choice));
    return made;
  }

  /** @param {Choice} choice */
  vote(choice) {
    const [now, ...others] = this.pairs;
    if (!now) return;
    this.votes[String(now.number)] = choice;
    this.pairs = others;
    keepVotes(this.of, this.votes);
    this.sendAll();
    this.show();
  }

  sendAll() {
    if (Object.keys(this.votes).length) this.send({ ...this.votes });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.repeat || isTaken(event)) return undefined;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => this.vote("left"),
      ArrowRight: () => this.vote("right"),
      ArrowDown: () => this.vote("equal"),
      " ": () => this.now?.transport?.clips.toggle(),
    };
    const button = event.key === " " && event.composedPath()[0] instanceof HTMLButtonElement;
    return button ? undefined : keys[event.key];
  }
}

/** Two of them on the stage; hidden until it begins. */
class Meeting {
  /** @param {Pair} pair @param {HTMLElement} whole
   *  @param {(event: KeyboardEvent) => (() => void) | undefined} keys */
  constructor(pair, whole, keys) {
    this.pair = pair;
    this.whole = whole;
    this.keys = keys;
    this.box = element("div", "meeting");
    this.panes = element("div", "panes");
    /** @type {HTMLVideoElement[]} */
    this.videos = [];
    for (const side of [pair.left, pair.right]) this.panes.append(this.seen(side));
    this.box.append(this.panes);
    this.box.hidden = true;
    /** @type {Transport | undefined} */
    this.transport = undefined;
  }

  /** @param {Side} side */
  seen(side) {
    const place = this.panes.childElementCount ? "Right" : "Left";
    const picture = element(side.kind === "video" ? "video" : "img", "picture");
    picture.setAttribute("aria-label", place);
    if (picture instanceof HTMLVideoElement) {
      Object.assign(picture, { preload: "auto", muted: true, playsInline: true });
      this.videos.push(picture);
    }
    picture.src = side.src;
    return picture;
  }

  begin() {
    this.box.hidden = false;
    this.transport = new Transport(this.whole, this.videos, 24, this.keys);
    if (!this.videos.length) return;
    this.box.append(this.transport.bar);
    this.transport.clips.play(this.transport.clips.speed);
  }

  end() {
    this.transport?.end();
    for (const video of this.videos) video.removeAttribute("src");
    this.box.remove();
  }
}

/** @param {string} of @param {Record<string, Choice>} votes */
function keepVotes(of, votes) {
  try {
    sessionStorage.setItem(KEPT_VOTES, JSON.stringify({ of, votes }));
  } catch {
    // A browser that keeps nothing sends what it has all the same.
  }
}

/** @param {string} of @returns {Record<string, Choice>} */
function rememberedVotes(of) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT_VOTES) ?? "{}");
    if (kept.of === of && kept.votes && typeof kept.votes === "object") return kept.votes;
  } catch {
    // What cannot be read was never kept.
  }
  return {};
}
