/* The key that leads to the search of the History. */

import { closest } from "../elements.js";

/** `/` leads to the search, unless somebody is typing. @param {KeyboardEvent} event */
export function toSearch(event) {
  const typing = closest(event.composedPath()[0] ?? null, "input, textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || typing) return;
  const field = document.querySelector(".st-key-q input");
  if (field instanceof HTMLInputElement) {
    event.preventDefault();
    field.focus();
    field.select();
  }
}
