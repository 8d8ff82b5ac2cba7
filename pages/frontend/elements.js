/* Elements, with the words of people as text only. */

/** @template {keyof HTMLElementTagNameMap} Tag
 *  @param {Tag} tag @param {string} name @param {string} [text] @returns {HTMLElementTagNameMap[Tag]} */
export function element(tag, name, text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}

/** @param {EventTarget | null} target @param {string} selector @returns {HTMLElement | null} */
export function closest(target, selector) {
  return target instanceof Element ? target.closest(selector) : null;
}

/** @param {HTMLElement | undefined} button @param {boolean} on */
export function press(button, on) {
  button?.setAttribute("aria-pressed", String(on));
}
