/* Draws frames of a clip in a row, evenly spaced, of which one can be chosen.
   Takes: the address of the picture in which they stand side by side, the moment of each in words,
   their width to their height, and which of them is chosen (-1: none).
   Sends: `choose` with the number of the one that was clicked. */

/** @typedef {{strip: string, moments: string[], shape: number, chosen: number}} Storyboard */

/** @type {Component<Storyboard, Record<string, never>, {choose: number}>} */
export default function draw({ data, parentElement, setTriggerValue }) {
  const there = parentElement.querySelector("ol");
  const list = there ?? document.createElement("ol");
  list.style.setProperty("--shape", String(data.shape));
  list.style.setProperty("--strip", `url("${data.strip}")`);
  list.style.setProperty("--count", String(data.moments.length));
  while (list.children.length > data.moments.length) list.lastElementChild?.remove();
  while (list.children.length < data.moments.length) list.append(made());
  data.moments.forEach((moment, number) => {
    const button = /** @type {HTMLButtonElement} */ (list.children[number]?.querySelector("button"));
    button.style.setProperty("--at", String(data.moments.length > 1 ? number / (data.moments.length - 1) : 0));
    button.setAttribute("aria-pressed", String(number === data.chosen));
    button.setAttribute("aria-label", `Frame at ${moment}`);
    button.onclick = () => setTriggerValue("choose", number);
    const time = /** @type {HTMLElement} */ (button.lastElementChild);
    time.textContent = moment;
  });
  if (!there) parentElement.append(list);
}

function made() {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  const still = document.createElement("span");
  still.className = "still";
  const time = document.createElement("span");
  time.className = "time";
  button.append(still, time);
  item.append(button);
  return item;
}
