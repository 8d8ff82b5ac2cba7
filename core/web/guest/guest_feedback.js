/* Stars and notes are sent without loading the page anew, so that what plays goes on. */

import { tellLocally } from "./local_times.js";

const said = document.getElementById("said");
let clearing = 0;

function say(words) {
  said.textContent = words;
  clearTimeout(clearing);
  clearing = setTimeout(() => (said.textContent = ""), 6000);
}

function spreadName(name) {
  for (const field of document.getElementsByName("nickname")) {
    if (!field.value || field.value === field.defaultValue) field.value = name;
  }
}

async function sectionAfter(form, body) {
  const answer = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const section = page.getElementById(`feedback-${form.dataset.place}`);
  if (!section) throw new Error("this link does not take it");
  tellLocally(section);
  return { section, isKept: answer.ok };
}

/* With a star, that star alone: what is half written stays, and so does the focus. */
async function send(form, star) {
  if (form.dataset.sending) {
    setTimeout(() => send(form, star), 200);
    return;
  }
  form.dataset.sending = "1";
  const body = new URLSearchParams(new FormData(form));
  if (star) body.delete("note");
  try {
    const { section, isKept } = await sectionAfter(form, body);
    show(form, section, star);
    if (isKept) spreadName(body.get("nickname"));
    say(isKept ? "Thank you, it was kept." : section.querySelector(".refused").textContent);
  } catch {
    say("It was not kept. Is the server away, or the link over? Try again, or load this page anew.");
  } finally {
    delete form.dataset.sending;
  }
}

function show(form, section, star) {
  const written = form.elements.namedItem("note");
  const field = section.querySelector("textarea");
  if (star && written && field) field.value = written.value;
  document.getElementById(section.id).replaceWith(section);
  const chosen = star && section.querySelector(`[name=stars][value="${star}"]`);
  (section.querySelector("[aria-invalid]") || chosen || section.querySelector("textarea, button")).focus();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".feedback form")) return;
  event.preventDefault();
  send(event.target, "");
});

/* Arrow keys pass over the stars between: only the one that is stayed on is sent. */
let resting = 0;

document.addEventListener("change", (event) => {
  const { form, name, value } = event.target;
  if (name !== "stars" || !form.elements.namedItem("nickname").value.trim()) return;
  clearTimeout(resting);
  resting = setTimeout(() => send(form, value), 400);
});
