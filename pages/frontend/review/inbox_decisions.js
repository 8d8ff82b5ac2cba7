/**
 * What a person has decided and the server has not taken in yet. It is kept in the tab, so that a
 * reload loses nothing.
 *
 * @typedef {{ id: number, what: "stars" | "state" | "note", value: string, moment: number }} Decision
 * @typedef {Decision & { number: number }} Numbered  in the order of a run, from 1
 */

const KEPT = "dailies.inbox";

export class Waiting {
  constructor() {
    const { run, number, waiting } = remembered();
    this.run = run;
    this.number = number;
    /** @type {Numbered[]} */
    this.decisions = waiting;
  }

  /** @param {Decision} decision */
  add(decision) {
    this.number += 1;
    this.decisions.push({ number: this.number, ...decision });
    this.keep();
  }

  /** The server has all of that run up to the number.
   *  @param {string} run @param {number} number */
  taken(run, number) {
    if (run !== this.run) return;
    this.decisions = this.decisions.filter((one) => one.number > number);
    this.keep();
  }

  /** The clips that were given stars. */
  rated() {
    return new Set(this.decisions.filter((one) => one.what === "stars").map((one) => one.id));
  }

  keep() {
    const { run, number, decisions } = this;
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ run, number, waiting: decisions }));
    } catch {
      // A browser that keeps nothing sends what it has all the same.
    }
  }
}

/** @returns {{ run: string, number: number, waiting: Numbered[] }} */
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
