/* Draws takes as small tiles in a row, newest first: those in flight with the picture that they
   start from, what happens to them, and Cancel; those that have ended with their still. On a phone
   the row is pinned under the thumb, and begins with a way to the stage and back to the form.
   Takes: the tiles, and which of them is on the stage.
   Sends: `open` with the number of the take that goes on the stage, by a click, or because a take
   ordered here has ended and nothing plays; `cancel` with the number of the one to cancel. */

import { onceLeft } from "../once_left.js";
import { hearProgress } from "../shell/progress.js";
import { shortSpanSince } from "../spans.js";

/** @typedef {{
 *   id: number, state: "waiting" | "running" | "fetching" | "done" | "failed" | "cancelled" | "unsure",
 *   label: string, progress: number | null, since: number, picture: string, prompt: string,
 *   cancel: string, free: boolean, mine: boolean,
 * }} Take */

/** @typedef {{takes: Take[], on: number}} Strip */

/** @typedef {{open: number, cancel: number}} Sent */

const FLYING = ["waiting", "running", "fetching"];
const SECOND = 1000;
const FEW = 5;
const STAGE = ".st-key-stage_view";
const FORM = ".st-key-composer";

/** @type {Component<Strip, Record<string, never>, Sent>} */
export default function draw({ data, parentElement, setTriggerValue }) {
  let list = /** @type {HTMLOListElement | null} */ (parentElement.querySelector("ol"));
  if (!list) {
    list = document.createElement("ol");
    list.addEventListener("keydown", walk);
    const life = new AbortController();
    const [way, counted] = [turn(life.signal), list];
    parentElement.append(way, list);
    const clock = window.setInterval(() => tick(counted), SECOND);
    hearProgress((shares) => advanceAll(counted, shares), life.signal);
    life.signal.addEventListener("abort", () => {
      window.clearInterval(clock);
      way.remove();
      counted.remove();
    });
    lives.set(parentElement, life);
  }
  const before = new Map([...list.children].map((at) => [/** @type {HTMLElement} */ (at).dataset.id, at]));
  const flying = data.takes.filter((take) => FLYING.includes(take.state)).length;
  list.style.setProperty("--flying", String(flying));
  list.toggleAttribute("data-many", flying > FEW);
  const order = data.takes.map((take) => {
    const tile = /** @type {HTMLLIElement} */ (before.get(String(take.id)) ?? made(take.id));
    const was = tile.dataset.state ?? "";
    fill(tile, take, data.on, setTriggerValue);
    const ended = FLYING.includes(was) && take.state === "done";
    if (ended && take.mine && !document.body.dataset.clipPlays) setTriggerValue("open", take.id);
    return tile;
  });
  order.forEach((tile, place) => {
    if (list.children[place] !== tile) list.insertBefore(tile, list.children[place] ?? null);
  });
  while (list.children.length > order.length) list.lastElementChild?.remove();

  tick(list);
  return onceLeft(parentElement, () => {
    lives.get(parentElement)?.abort();
    lives.delete(parentElement);
  });
}

/** What ends the clock and the listening of each strip that leaves the page.
 *  @type {Map<ShadowRoot, AbortController>} */
const lives = new Map();

/** @param {number} id */
function made(id) {
  const tile = document.createElement("li");
  tile.dataset.id = String(id);
  const open = document.createElement("button");
  open.type = "button";
  open.className = "open";
  const frame = document.createElement("span");
  frame.className = "frame";
  const picture = document.createElement("img");
  picture.alt = "";
  picture.decoding = "async";
  const words = document.createElement("span");
  words.className = "words";
  const bar = document.createElement("span");
  bar.className = "bar";
  frame.append(picture, words, bar);
  const label = document.createElement("span");
  label.className = "label";
  const time = document.createElement("span");
  time.className = "time";
  open.append(frame, label, time);
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "cancel";
  tile.append(open, cancel);
  return tile;
}

/** What leads to the stage, or back to the form where the stage is in sight. Seen on a phone alone.
 *  @param {AbortSignal} signal */
function turn(signal) {
  const way = document.createElement("button");
  way.type = "button";
  way.className = "turn";
  const name = () => {
    const stage = document.querySelector(STAGE);
    const watches = stage && (stage.getBoundingClientRect().top < window.innerHeight / 3 || isAtEnd(stage));
    way.dataset.to = watches ? FORM : STAGE;
    way.textContent = watches ? "Write" : "Watch";
  };
  way.onclick = () => lead(way.dataset.to ?? STAGE);
  document.addEventListener("scroll", name, { capture: true, passive: true, signal });
  name();
  return way;
}

/** Whether a page leads no further down, however high the stage stands: what is below it may be short.
 *  @param {Element} stage */
function isAtEnd(stage) {
  const page = stage.closest("[data-testid=stMain]");
  return Boolean(page && page.scrollTop > 0 && page.scrollTop + page.clientHeight >= page.scrollHeight - 1);
}

/** @param {string} place */
function lead(place) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.querySelector(place)?.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
}

function isPinned() {
  return window.matchMedia("(max-width: 640px)").matches;
}

/** @param {HTMLElement} tile @param {string} name */
function part(tile, name) {
  return /** @type {HTMLElement} */ (tile.querySelector(`.${name}`));
}

/**
 * @param {HTMLLIElement} tile @param {Take} take @param {number} on
 * @param {(name: "open" | "cancel", id: number) => void} send
 */
function fill(tile, take, on, send) {
  if (!FLYING.includes(take.state)) delete tile.dataset.asked;
  tile.dataset.state = take.state;
  tile.dataset.since = FLYING.includes(take.state) ? String(take.since) : "";
  const open = /** @type {HTMLButtonElement} */ (part(tile, "open"));
  open.onclick = () => {
    send("open", take.id);
    if (isPinned()) lead(STAGE);
  };
  open.title = take.prompt;
  open.setAttribute("aria-current", String(take.id === on));
  open.setAttribute("aria-label", `${take.label}, #${take.id}. ${take.prompt}`);
  const picture = /** @type {HTMLImageElement} */ (tile.querySelector("img"));
  picture.hidden = !take.picture;
  if (take.picture && picture.getAttribute("src") !== take.picture) picture.src = take.picture;
  const words = part(tile, "words");
  words.hidden = Boolean(take.picture);
  words.textContent = take.prompt;
  tile.dataset.label = take.label;
  advance(tile, take.progress);
  const cancel = /** @type {HTMLButtonElement} */ (part(tile, "cancel"));
  cancel.hidden = !take.cancel;
  cancel.title = take.cancel;
  tellCancel(tile, cancel);
  cancel.onclick = () => {
    if (!take.free && !tile.dataset.asked) {
      tile.dataset.asked = "yes"; // what cannot be taken back, and is paid all the same, takes two
      tellCancel(tile, cancel);
      return;
    }
    delete tile.dataset.asked;
    send("cancel", take.id);
  };
  cancel.onblur = () => {
    delete tile.dataset.asked;
    tellCancel(tile, cancel);
  };
}

/** @param {HTMLElement} tile @param {number | null} share  null where the provider tells none */
function advance(tile, share) {
  const { label = "", state } = tile.dataset;
  const done = Math.round((share ?? 0) * 100);
  part(tile, "bar").style.setProperty("--done", `${done}%`);
  part(tile, "label").textContent = state === "running" && share !== null ? `${label} ${done} %` : label;
}

/** @param {HTMLOListElement} list @param {Record<string, number>} shares */
function advanceAll(list, shares) {
  for (const tile of /** @type {Iterable<HTMLElement>} */ (list.children)) {
    const share = shares[tile.dataset.id ?? ""];
    if (share !== undefined) advance(tile, share);
  }
}

/** @param {HTMLElement} tile @param {HTMLElement} cancel */
function tellCancel(tile, cancel) {
  const asked = Boolean(tile.dataset.asked);
  cancel.textContent = asked ? "No refund. Cancel?" : "×";
  cancel.setAttribute("aria-label", asked ? "No refund. Cancel it all the same" : `Cancel #${tile.dataset.id}`);
}

/** @param {Element} list */
function tick(list) {
  for (const tile of /** @type {Iterable<HTMLElement>} */ (list.children)) {
    const since = Number(tile.dataset.since);
    part(tile, "time").textContent = since ? shortSpanSince(since) : `#${tile.dataset.id}`;
  }
}

/** Arrows go from tile to tile.
 *  @param {KeyboardEvent} event */
function walk(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const tile = /** @type {HTMLElement} */ (event.target).closest("li");
  const next = step === 1 ? tile?.nextElementSibling : step === -1 ? tile?.previousElementSibling : null;
  if (!next) return;
  event.preventDefault();
  part(/** @type {HTMLElement} */ (next), "open").focus();
}
