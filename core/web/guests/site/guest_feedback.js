/* Stars and notes are sent without loading the page anew, so that what plays goes on. */

import { tellLocally } from "./local_times.js";

const SAID_FOR = 6000; // milliseconds
const BETWEEN_TRIES = 200;
const RESTING = 400; // on a star, before it counts

const said = document.getElementById("said");
let clearing = 0;

/** @param {string} words */
function say(words) {
  if (!said) return;
  said.textContent = words;
  window.clearTimeout(clearing);
  clearing = window.setTimeout(() => (said.textContent = ""), SAID_FOR);
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  const found = form.elements.namedItem(name);
  const isField = found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement;
  return isField ? found : null;
}

/** @param {string} name */
function spreadName(name) {
  for (const box of document.getElementsByName("nickname")) {
    if (!(box instanceof HTMLInputElement)) continue;
    if (!box.value || box.value === box.defaultValue) box.value = name;
  }
}

/** @param {HTMLFormElement} form @param {URLSearchParams} body */
async function sectionAfter(form, body) {
  const answer = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const section = page.getElementById(`feedback-${form.dataset.place}`);
  if (!section) throw new Error("this link does not take it");
  tellLocally(section);
  return { section, isKept: answer.ok };
}

/** @param {HTMLFormElement} form */
function written(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  return body;
}

/** With a star, that star alone: what is half written stays, and so does the focus.
 *  @param {HTMLFormElement} form @param {string} star */
async function send(form, star) {
  if (form.dataset.sending) {
    window.setTimeout(() => send(form, star), BETWEEN_TRIES);
    return;
  }
  form.dataset.sending = "1";
  const body = written(form);
  if (star) body.delete("note");
  try {
    const { section, isKept } = await sectionAfter(form, body);
    show(form, section, star);
    if (isKept) spreadName(body.get("nickname") ?? "");
    const refused = section.querySelector(".refused")?.textContent;
    say(isKept ? "Thank you, it was kept." : (refused ?? "It was not kept."));
  } catch {
    say("It was not kept. Is the server away, or the link over? Try again, or load this page anew.");
  } finally {
    delete form.dataset.sending;
  }
}

/** @param {HTMLFormElement} form @param {HTMLElement} section @param {string} star */
function show(form, section, star) {
  const before = field(form, "note");
  const note = section.querySelector("textarea");
  if (star && before && note) note.value = before.value;
  document.getElementById(section.id)?.replaceWith(section);
  const wanted = [
    "[aria-invalid]",
    ...(star ? [`[name=stars][value="${star}"]`] : []),
    "textarea, button",
  ];
  const found = wanted.map((one) => section.querySelector(one)).find((one) => one);
  if (found instanceof HTMLElement) found.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches(".feedback form")) return;
  event.preventDefault();
  void send(form, "");
});

/* Arrow keys pass over the stars between: only the one that is stayed on is sent. */
let resting = 0;

document.addEventListener("change", (event) => {
  const star = event.target;
  if (!(star instanceof HTMLInputElement) || star.name !== "stars" || !star.form) return;
  const { form, value } = star;
  if (!field(form, "nickname")?.value.trim()) return;
  window.clearTimeout(resting);
  resting = window.setTimeout(() => send(form, value), RESTING);
});
