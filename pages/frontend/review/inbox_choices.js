/**
 * The buttons below a clip of the Inbox.
 *
 * @typedef {{
 *   rate: (stars: number) => void, judge: (key: string) => void, go: (by: number) => void,
 *   undo: () => void, write: () => void, hear: () => void,
 * }} Acts
 */

import { choice } from "../player/controls.js";
import { element, press } from "../elements.js";

/** By their keys: the state, and what its button says.
 * @type {Record<string, [string, string]>} */
export const STATES = {
  a: ["approved", "A Approve"],
  x: ["rejected", "X Reject"],
  e: ["to_edit", "E To edit"],
  r: ["in_review", "R In review"],
};

export class Choices {
  /** @param {Acts} acts */
  constructor({ rate, judge, go, undo, write, hear }) {
    this.stars = [1, 2, 3, 4, 5].map((n) => choice("★".repeat(n), `${n} of 5`, () => rate(n)));
    this.states = Object.entries(STATES).map(([key, [, label]]) =>
      choice(label, label.slice(2), () => judge(key)),
    );
    this.rows = [
      row("stars", ...this.stars),
      row("states", ...this.states),
      row(
        "ways",
        choice("←", "The one before", () => go(-1)),
        choice("U Undo", "Undo", undo),
        choice("N Note", "Write a note", write),
        choice("M Sound", "Sound", hear),
        choice("→", "Skip", () => go(1)),
      ),
    ];
  }

  /** @param {{ stars: number, state: string } | undefined} clip */
  show(clip) {
    this.stars.forEach((one, at) => press(one, clip?.stars === at + 1));
    Object.values(STATES).forEach(([state], at) => press(this.states[at], clip?.state === state));
  }
}

/** @param {string} name @param {HTMLElement[]} choices */
function row(name, ...choices) {
  const made = element("div", `row ${name}`);
  made.append(...choices);
  return made;
}
