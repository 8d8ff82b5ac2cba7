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
  a: ["approved", "Approve"],
  x: ["rejected", "Reject"],
  e: ["to_edit", "To edit"],
  r: ["in_review", "In review"],
};

export class Choices {
  /** @param {Acts} acts */
  constructor({ rate, judge, go, undo, write, hear }) {
    this.stars = [1, 2, 3, 4, 5].map((n) => choice("★".repeat(n), `${n} of 5`, () => rate(n)));
    this.states = Object.entries(STATES).map(([key, [, label]]) =>
      keyed(key, label, label, () => judge(key)),
    );
    this.rows = [
      row("stars", ...this.stars),
      row("states", ...this.states),
      row(
        "ways",
        choice("←", "The one before", () => go(-1)),
        keyed("u", "Undo", "Undo", undo),
        keyed("n", "Note", "Write a note", write),
        keyed("m", "Sound", "Sound", hear),
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

/** With the key that does the same before its name.
 * @param {string} key @param {string} label @param {string} title @param {() => void} act */
function keyed(key, label, title, act) {
  const made = choice(label, title, act);
  made.prepend(element("kbd", "", key.toUpperCase()));
  return made;
}

/** @param {string} name @param {HTMLElement[]} choices */
function row(name, ...choices) {
  const made = element("div", `row ${name}`);
  made.append(...choices);
  return made;
}
