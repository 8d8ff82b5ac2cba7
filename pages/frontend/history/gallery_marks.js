/**
 * What lies over a card's picture, and stands in its place: state, kind, length and marks.
 *
 * @typedef {{
 *   id: number, href: string, title: string, facts: string[], when: string,
 *   status: string, tone: "done" | "busy" | "bad" | "doubt" | "off", why: string,
 *   progress: number | null, shape: number, stills: [string, number][], preview: string,
 *   kind: "video" | "image" | "audio" | "file", length: string, mark: string,
 *   favourite: boolean, selected: boolean,
 * }} Card
 */

import { element } from "../elements.js";

export const SIGNS = {
  heart: "M12 20.3 4.3 12.7a4.9 4.9 0 0 1 7-6.9l.7.7.7-.7a4.9 4.9 0 0 1 7 6.9Z",
  tick: "m5 12.5 4.5 4.5L19 7.5",
  video: "M8 5.5v13l10.5-6.5Z",
  image: "M4 5h16v14H4ZM4 16l4.5-4.5 4 4 3-3L20 17M15.5 9.2v.1",
  audio: "M4 10v4M8 7v10M12 4v16M16 8v8M20 10.5v3",
  file: "M6 3h8l4 4v14H6ZM14 3v4h4",
  busy: "M12 3a9 9 0 1 0 9 9",
  waits: "M12 7.5V12l3.2 2M12 3a9 9 0 1 0 .1 0Z",
  bad: "M12 7.5v6M12 16.5v.1M12 3a9 9 0 1 0 .1 0Z",
  doubt: "M9.2 9.3a2.9 2.9 0 1 1 4.2 2.6c-.9.5-1.4 1-1.4 2M12 16.7v.1M12 3a9 9 0 1 0 .1 0Z",
  off: "M12 3a9 9 0 1 0 .1 0ZM5.8 5.8l12.4 12.4",
  done: "",
};

/** @param {Card} card @returns {HTMLElement[]} */
export function marks(card) {
  const state = element("span", "mark state");
  const [left, right] = [element("span", "side"), element("span", "side")];
  if (card.tone !== "done") {
    const percent = card.progress === null ? "" : ` ${Math.round(100 * card.progress)}%`;
    state.append(icon(sign(card)), element("span", "words", `${card.status}${percent}`));
    left.append(state);
  } else {
    left.append(element("span", "unseen", card.status));
  }
  if (card.mark) left.append(element("span", "mark", card.mark));
  const kind = element("span", "mark kind");
  kind.append(icon(card.kind));
  if (card.length) kind.append(card.length);
  kind.title = card.kind;
  if (card.tone === "done" || card.kind !== "video") right.append(kind); // else its state has the room
  return [left, right];
}

/** Of its state: what is not worked on yet does not turn. @param {Card} card */
function sign(card) {
  return card.tone === "busy" && card.progress === null ? "waits" : card.tone;
}

/** What stands where a picture would be. @param {Card} card @returns {HTMLElement} */
export function glyph(card) {
  const name = card.tone === "done" ? card.kind : sign(card);
  const place = element("span", name === "busy" ? "glyph turns" : "glyph");
  place.append(icon(name));
  if (card.why) place.append(element("span", "why", card.why));
  return place;
}

/** @param {keyof typeof SIGNS} name @returns {SVGSVGElement} */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SIGNS[name]);
  drawing.append(path);
  return drawing;
}
