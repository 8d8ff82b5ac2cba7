/* Draws the settings in which generations differ: a row for each, a column for each generation.
   Takes `{heads, rows}`: the columns' names, and each row's name with its values. Sends nothing
   back. Words of people are set as text only. */

import { element } from "../elements.js";

/** @typedef {{ heads: string[], rows: { name: string, values: string[] }[] }} Differences */

/** @type {Component<Differences>} */
export default function draw({ data, parentElement }) {
  const box = element("div", "differences");
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  head.append(cell("td", ""), ...data.heads.map((name) => cell("th", name, "col")));
  const body = table.createTBody();
  for (const { name, values } of data.rows) {
    const row = body.insertRow();
    row.append(cell("th", name, "row"), ...values.map((value) => cell("td", value)));
  }
  box.append(table);
  parentElement.querySelector(".differences")?.remove();
  parentElement.append(box);
}

/** @param {"td" | "th"} tag @param {string} text @param {string} scope */
function cell(tag, text, scope = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (scope) made.setAttribute("scope", scope);
  return made;
}
