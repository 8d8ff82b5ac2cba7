/**
 * The notes on a clip, with answers, and the field for a new one. A note may carry a moment of the
 * clip or a stretch of it, which is taken from our player on the same page; a click jumps there.
 *
 * Takes the notes, oldest first; whether the clip has moments (`timed`), its frames a second
 * (`rate`), and the longest note in characters. Sends back `act`: what is to be done, with which
 * note. What is being typed stays through every drawing of the page.
 *
 * @typedef {{
 *   id: string, parent: string, person: string, guest: boolean, mine: boolean, text: string,
 *   start: number | null, end: number | null, when: string, resolved: string, deleted: boolean,
 * }} Note
 * @typedef {{ notes: Note[], timed: boolean, rate: number, longest: number }} Data
 * @typedef {{
 *   do: "write" | "rewrite" | "delete" | "resolve" | "reopen", id: string, text?: string,
 *   answers?: string, start?: number | null, end?: number | null,
 * }} Act
 * @typedef {{ act: Act }} Sent
 * @typedef {ComponentArgument<Data, Record<string, never>, Sent>} Argument
 */

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
    this.list = made("ol", "notes");
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
      const list = made("ol", "answers");
      list.append(...answers.map((answer) => this.row(answer)));
      item.append(list);
    }
    if (this.inner?.answers === note.id) item.append(this.inner.form);
    return item;
  }

  /** @param {Note} note */
  row(note) {
    const item = made("li", "note");
    const head = made("p", "head");
    if (note.start !== null) head.append(this.moment(note.start, note.end));
    const who = made("bdi", "who", note.person);
    head.append(who);
    if (note.guest) head.append(made("span", "guest", "guest"));
    head.append(made("span", "when", note.when));
    const words = made("p", "words", note.deleted ? "This note was deleted." : note.text);
    words.dir = "auto";
    if (note.deleted) words.classList.add("deleted");
    if (note.resolved) head.append(made("span", "when", "✓ resolved by "), made("bdi", "when", note.resolved));
    item.append(head);
    if (this.inner?.edits === note.id) item.append(this.inner.form);
    else item.append(words);
    if (!note.deleted) item.append(this.verbs(note));
    return item;
  }

  /** @param {Note} note */
  verbs(note) {
    const row = made("p", "verbs");
    row.append(act("Answer", () => this.open(note.parent || note.id, null)));
    if (!note.parent) {
      /** @type {Act} */
      const turn = { do: note.resolved ? "reopen" : "resolve", id: note.id };
      row.append(act(note.resolved ? "Open again" : "Resolve", () => this.send("act", turn)));
    }
    if (note.mine) row.append(act("Edit", () => this.open("", note)));
    if (note.mine || note.guest) {
      row.append(act("Delete", () => this.send("act", { do: "delete", id: note.id })));
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
    const button = act(words, () => jump(start));
    button.className = "moment";
    button.title = "Show this moment";
    return button;
  }
}

/** The field of one note that is being written. */
class Writer {
  /**
   * @param {Desk} desk
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
    this.form = made("form", "writer");
    this.field = made("textarea", "field");
    this.field.placeholder = label;
    this.field.setAttribute("aria-label", label);
    this.field.rows = 1;
    this.field.dir = "auto";
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.time = act("", () => this.mark());
    this.time.className = "mark";
    this.keep = made("button", "keep", "Keep");
    this.keep.type = "submit";
    const foot = made("p", "foot");
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

/** The video of the player on this page: it lies in a shadow root of its own. */
function video() {
  for (const each of document.querySelectorAll("*")) {
    const found = each.shadowRoot?.querySelector("video.picture");
    if (found instanceof HTMLVideoElement) return found;
  }
  return null;
}

/** The player's moment in seconds, in the middle of its frame. @param {number} rate */
function position(rate) {
  const clip = video();
  if (!clip) return null;
  clip.pause();
  const frame = 1 / (rate || 24);
  return Math.round((Math.floor(clip.currentTime / frame + 0.01) + 0.5) * frame * 1000) / 1000;
}

/** @param {number} seconds */
function jump(seconds) {
  const clip = video();
  if (!clip) return;
  clip.pause();
  clip.currentTime = seconds;
  clip.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

/** @param {number} seconds */
function clock(seconds) {
  const whole = Math.floor(seconds);
  const tenth = Math.floor((seconds - whole) * 10);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}.${tenth}`;
}

/** A new note's id: a second click on Keep sends the same one. */
function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @template {keyof HTMLElementTagNameMap} Tag
 *  @param {Tag} tag @param {string} name @param {string} [text] @returns {HTMLElementTagNameMap[Tag]} */
function made(tag, name, text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

/** @param {string} label @param {() => void} deed */
function act(label, deed) {
  const button = made("button", "verb", label);
  button.type = "button";
  button.addEventListener("click", deed);
  return button;
}
