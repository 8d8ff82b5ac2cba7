/**
 * Keeps in this browser who sits there and which project new work goes to.
 *
 * Takes `{name, project, told}`: what the session knows, and how often it was told something new.
 * Sends back `known` (`{name, project}`) once, where the browser knows what the session does not.
 *
 * @typedef {{ name: string, project: string }} Known
 * @typedef {{ known: Known }} Sent
 */

const KEPT = "dailies-person";
let written = 0;
let asked = false;

/** @returns {Known} */
function kept() {
  try {
    return { name: "", project: "", ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return { name: "", project: "" };
  }
}

/** @param {Known} known */
function keep(known) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(known));
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** @type {Component<Known & {told: number}, Record<string, never>, Sent>} */
export default function person({ data, setTriggerValue }) {
  const { name, project, told } = data;
  const known = kept();
  if (told > written) {
    written = told;
    asked = true;
    keep({ name: name || known.name, project });
  } else if (!asked && !told) {
    asked = true;
    if ((known.name && !name) || (known.project && !project)) setTriggerValue("known", known);
  }
}
