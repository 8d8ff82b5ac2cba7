/**
 * The field of one note that is being written: a new one, an answer, or one that is changed.
 *
 * @typedef {{
 *   id: string, parent: string, person: string, guest: boolean, mine: boolean, text: string,
 *   start: number | null, end: number | null, when: string, resolved: string, deleted: boolean,
 * }} Note
 * @typedef {{
 *   do: "write" | "rewrite" | "delete" | "resolve" | "reopen", id: string, text?: string,
 *   answers?: string, start?: number | null, end?: number | null,
 * }} Act
 * @typedef {{
 *   data: { rate: number, longest: number },
 *   send: (name: "act", act: Act) => void,
 *   close: () => void,
 * }} Owner  what the note is sent to
 */

import { clock } from "../player/clock.js";
import { element } from "../elements.js";
import { position } from "./player_moment.js";

export class Writer {
  /**
   * @param {Owner} desk
   * @param {string} answers the note that is answered; empty for none
   * @param {string} label
   */
  constructor(desk, answers, label) {
    this.desk = desk;
    this.answers = answers;
    this.edits = "";
    this.isSent = false;
    this.id = fresh();
    /** @type {number | null} */
    this.start = null;
    /** @type {number | null} */
    this.end = null;
    this.form = element("form", "writer");
    this.field = element("textarea", "field");
    this.field.placeholder = label;
    this.field.setAttribute("aria-label", label);
    this.field.rows = 1;
    this.field.dir = "auto";
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.time = verb("", () => this.mark());
    this.time.className = "mark";
    this.keep = element("button", "keep", "Save");
    this.keep.type = "submit";
    const foot = element("p", "foot");
    foot.append(this.time, this.keep);
    this.form.append(this.field, foot);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.sendIt();
    });
    this.typed();
    this.tell();
  }

  /** @param {Note} note */
  edit(note) {
    this.edits = this.id = note.id;
    this.field.value = note.text;
    this.time.hidden = true;
    this.typed();
  }

  clear() {
    this.id = fresh();
    this.isSent = false;
    this.field.value = "";
    this.start = this.end = null;
    this.typed();
    this.tell();
  }

  typed() {
    const { value } = this.field;
    this.field.maxLength = this.desk.data.longest;
    this.keep.disabled = !value.trim();
    this.form.classList.toggle("open", Boolean(value) || this.start !== null);
    this.field.style.height = "auto";
    if (value) this.field.style.height = `${Math.min(this.field.scrollHeight + 2, 240)}px`;
  }

  /** The first click takes the moment, one at a later moment makes it a stretch, a third none. */
  mark() {
    const now = position(this.desk.data.rate);
    if (now === null) return;
    if (this.start === null) this.start = now;
    else if (this.end === null && now > this.start) this.end = now;
    else this.start = this.end = null;
    this.typed();
    this.tell();
    this.field.focus();
  }

  tell() {
    const { start, end } = this;
    if (start === null) this.time.textContent = "At this moment";
    else if (end === null) this.time.textContent = `At ${clock(start)}`;
    else this.time.textContent = `${clock(start)} – ${clock(end)}`;
    this.time.title =
      start === null
        ? "Tie the note to the moment that the player shows"
        : end === null
          ? "Later in the clip: up to there. Here: no moment"
          : "No moment";
    this.time.setAttribute("aria-pressed", String(start !== null));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.sendIt();
    } else if (event.key === "Escape" && this.form.classList.contains("inner")) {
      this.desk.close();
    }
  }

  sendIt() {
    const text = this.field.value;
    if (!text.trim()) return;
    this.isSent = true;
    const { id, answers, start, end } = this;
    if (this.edits) this.desk.send("act", { do: "rewrite", id, text });
    else this.desk.send("act", { do: "write", id, text, answers, start, end });
  }
}

/** A new note's id: a second click on Keep sends the same one. */
function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} label @param {() => void} deed */
export function verb(label, deed) {
  const button = element("button", "verb", label);
  button.type = "button";
  button.addEventListener("click", deed);
  return button;
}
