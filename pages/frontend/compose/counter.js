/* Draws how long the prompt is, while it is being typed, and keeps half-typed words through a reload.
   Takes: the class of the field's place on the page, the text that the server knows, the limit.
   Sends nothing: words that a reload would have lost are put back into the field, which sends them.

   Lengths are UTF-16 units, as Runway counts: what JavaScript calls a text's length. */

/** @typedef {{field: string, known: string, limit: number | null}} Prompt */

const KEPT = "dailies.words";
const PATIENCE_MS = 3000;

const REMEMBERED = 5;

/** The fields that are being followed, each with the texts of which the server may know any when the
 *  page goes: what was sent may not have arrived.
 *  @type {WeakMap<HTMLTextAreaElement, {sent: string[], tell: () => void}>} */
const followed = new WeakMap();

/** @type {Component<Prompt>} */
export default function draw({ data, parentElement }) {
  let said = /** @type {HTMLElement | null} */ (parentElement.querySelector(".said"));
  if (!said) {
    said = document.createElement("span");
    said.className = "said";
    parentElement.append(said);
  }
  const at = said;
  tell(at, data.known, data.limit);
  const since = Date.now();
  const look = () => {
    const field = /** @type {HTMLTextAreaElement | null} */ (
      document.querySelector(`.${CSS.escape(data.field)} textarea`)
    );
    const patient = Date.now() - since < PATIENCE_MS;
    const ready = field && (followed.has(field) || field.value === data.known);
    if (patient && !ready) requestAnimationFrame(look); // it comes later, and its text later still
    else if (field) follow(field, data, () => tell(at, field.value, data.limit));
  };
  look();
}

/** @param {HTMLElement} at @param {string} text @param {number | null} limit */
function tell(at, text, limit) {
  const count = text.length.toLocaleString("en");
  at.textContent = limit === null ? `${count} characters` : `${count} of ${limit.toLocaleString("en")} characters`;
  at.classList.toggle("over", limit !== null && text.length > limit);
}

/** @param {HTMLTextAreaElement} field @param {Prompt} prompt @param {() => void} tell */
function follow(field, prompt, tell) {
  const now = followed.get(field);
  if (read()?.text === prompt.known) forget(); // it has arrived, and is put into no later field
  if (now) {
    now.sent = [...now.sent, prompt.known].slice(-REMEMBERED);
    // What was typed while an earlier text was on its way goes on from there.
    if (document.activeElement === field && read()?.text === field.value) keep(now.sent, field.value);
    now.tell = tell;
    tell();
    return;
  }
  const state = { sent: [prompt.known], tell };
  followed.set(field, state);
  putBack(field, prompt.known);
  field.addEventListener("input", () => {
    keep(state.sent, field.value);
    state.tell();
  });
  field.addEventListener("blur", () => (state.sent = [...state.sent, field.value].slice(-REMEMBERED)));
  tell();
}

/** Put back what was typed when the page went, unless the text has become another one since.
 *  @param {HTMLTextAreaElement} field @param {string} known */
function putBack(field, known) {
  const kept = read();
  if (!kept?.sent.includes(known) || kept.text === known || field.value !== known) return;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(field, kept.text);
  field.focus({ preventScroll: true });
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  field.blur(); // which sends it
}

/** @param {string[]} sent @param {string} text */
function keep(sent, text) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ sent, text }));
  } catch {
    // A browser that keeps nothing still counts.
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // It kept nothing.
  }
}

/** @returns {{sent: string[], text: string} | null} */
function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    return Array.isArray(kept?.sent) && typeof kept?.text === "string" ? kept : null;
  } catch {
    return null;
  }
}
