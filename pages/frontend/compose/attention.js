/* Draws nothing: leads the eye to the field that stands against a click on Generate.
   Takes: how many clicks were blocked, and the classes by which the field's place may be found.
   Sends nothing. */

/** @typedef {{blocked: number, fields: string[]}} Blocked */

/** @type {WeakMap<ShadowRoot, number>} */
const seen = new WeakMap();

/** @type {Component<Blocked>} */
export default function draw({ data, parentElement }) {
  const before = seen.get(parentElement) ?? data.blocked;
  seen.set(parentElement, data.blocked);
  if (data.blocked === before) return;
  for (const name of data.fields) {
    const place = document.querySelector(`[class*="${CSS.escape(name)}"]`);
    if (!place) continue;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    place.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    const field = place.querySelector("textarea, input:not([type=file]), button, [tabindex='0']");
    /** @type {HTMLElement | null} */ (field)?.focus({ preventScroll: true });
    return;
  }
}
