/* The field for a note on the clip that is seen. */

import { element } from "../elements.js";

export class NoteField {
  /** @param {(text: string) => void} done  with the note, or with nothing where it is given up */
  constructor(done) {
    this.done = done;
    this.field = element("textarea", "note");
    this.field.hidden = true;
    this.field.maxLength = 5000;
    const touched = window.matchMedia("(pointer: coarse)").matches;
    this.field.placeholder = touched ? "Enter saves the note" : "Enter saves the note, Esc leaves it";
    this.field.enterKeyHint = "done";
    this.field.setAttribute("aria-label", "Note");
    this.field.addEventListener("keydown", (event) => this.typed(event));
  }

  get isOpen() {
    return !this.field.hidden;
  }

  /** Open it, or leave it with what was written there. */
  toggle() {
    this.field.hidden = !this.field.hidden;
    if (this.field.hidden) this.done("");
    else this.field.focus();
  }

  /** @param {KeyboardEvent} event */
  typed(event) {
    event.stopPropagation();
    const keeps = event.key === "Enter" && !event.shiftKey;
    if (!keeps && event.key !== "Escape") return;
    event.preventDefault();
    const text = keeps && this.field.value.trim() ? this.field.value : "";
    if (text) this.field.value = "";
    this.field.hidden = true;
    this.done(text);
  }
}
