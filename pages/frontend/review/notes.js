/**
 * The notes on a clip, with answers, and the field for a new one. A note may carry a moment of the
 * clip or a stretch of it, which is taken from our player on the same page; a click jumps there.
 *
 * Takes the notes, oldest first; whether the clip has moments (`timed`), its frames a second
 * (`rate`), and the longest note in characters. Sends back `act`: what is to be done, with which
 * note. What is being typed stays through every drawing of the page.
 *
 * @typedef {import("./note_writer.js").Note} Note
 * @typedef {{ notes: Note[], timed: boolean, rate: number, longest: number }} Data
 * @typedef {import("./note_writer.js").Act} Act
 * @typedef {{ act: Act }} Sent
 * @typedef {ComponentArgument<Data, Record<string, never>, Sent>} Argument
 */

import { clock } from "../player/clock.js";
import { element } from "../elements.js";
import { Writer, verb } from "./note_writer.js";
import { jump } from "./player_moment.js";

/** @type {WeakMap<ShadowRoot, Desk>} */
const desks = new WeakMap();

/** @type {Component<Data, Record<string, never>, Sent>} */
export default function draw({ data, parentElement, setTriggerValue }) {
  const desk = desks.get(parentElement) ?? new Desk(parentElement);
  desks.set(parentElement, desk);
  desk.send = setTriggerValue;
  desk.show(data);
}

class Desk {
  /** @param {ShadowRoot} root */
  constructor(root) {
    /** @type {Argument["setTriggerValue"]} */
    this.send = () => {};
    /** @type {Data} */
    this.data = { notes: [], timed: false, rate: 24, longest: 5000 };
    this.list = element("ol", "notes");
    this.writer = new Writer(this, "", "Write a note");
    /** @type {Writer | null} */
    this.inner = null;
    root.querySelectorAll("ol.notes, form").forEach((old) => old.remove());
    root.append(this.list, this.writer.form);
  }

  /** @param {Data} data */
  show(data) {
    this.data = data;
    const there = new Set(data.notes.map(({ id }) => id));
    if (there.has(this.writer.id)) this.writer.clear();
    if (this.inner?.isSent && (there.has(this.inner.id) || this.inner.edits)) this.inner = null;
    this.writer.form.classList.toggle("timed", data.timed);
    const firsts = data.notes.filter(({ parent }) => !there.has(parent));
    this.list.replaceChildren(...firsts.map((note) => this.thread(note)));
    this.list.hidden = !firsts.length;
  }

  /** @param {Note} note */
  thread(note) {
    const item = this.row(note);
    const answers = this.data.notes.filter(({ parent }) => parent === note.id);
    if (note.resolved) item.classList.add("resolved");
    if (answers.length) {
      const list = element("ol", "answers");
      list.append(...answers.map((answer) => this.row(answer)));
      item.append(list);
    }
    if (this.inner?.answers === note.id) item.append(this.inner.form);
    return item;
  }

  /** @param {Note} note */
  row(note) {
    const item = element("li", "note");
    const head = element("p", "head");
    if (note.start !== null) head.append(this.moment(note.start, note.end));
    const who = element("bdi", "who", note.person);
    head.append(who);
    if (note.guest) head.append(element("span", "guest", "guest"));
    head.append(element("span", "when", note.when));
    const words = element("p", "words", note.deleted ? "This note was deleted." : note.text);
    words.dir = "auto";
    if (note.deleted) words.classList.add("deleted");
    if (note.resolved) head.append(element("span", "when", "✓ resolved by "), element("bdi", "when", note.resolved));
    item.append(head);
    if (this.inner?.edits === note.id) item.append(this.inner.form);
    else item.append(words);
    if (!note.deleted) item.append(this.verbs(note));
    return item;
  }

  /** @param {Note} note */
  verbs(note) {
    const row = element("p", "verbs");
    row.append(verb("Answer", () => this.open(note.parent || note.id, null)));
    if (!note.parent) {
      /** @type {Act} */
      const turn = { do: note.resolved ? "reopen" : "resolve", id: note.id };
      row.append(verb(note.resolved ? "Open again" : "Resolve", () => this.send("act", turn)));
    }
    if (note.mine) row.append(verb("Edit", () => this.open("", note)));
    if (note.mine || note.guest) {
      row.append(verb("Delete", () => this.send("act", { do: "delete", id: note.id })));
    }
    return row;
  }

  /**
   * @param {string} answers
   * @param {Note | null} edits
   */
  open(answers, edits) {
    this.inner = new Writer(this, answers, edits ? "Edit the note" : "Write an answer");
    if (edits) this.inner.edit(edits);
    this.inner.form.classList.add("inner");
    this.inner.form.classList.toggle("timed", this.data.timed);
    this.show(this.data);
    this.inner.field.focus();
  }

  close() {
    this.inner = null;
    this.show(this.data);
  }

  /**
   * @param {number} start
   * @param {number | null} end
   */
  moment(start, end) {
    const words = end === null ? clock(start) : `${clock(start)} – ${clock(end)}`;
    const button = verb(words, () => jump(start));
    button.className = "moment";
    button.title = "Show this moment";
    return button;
  }
}
