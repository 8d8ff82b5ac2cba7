/* Draws how the time of a generation passed: a line in stretches, as long as they lasted.
   Takes: the stretches in their order, each with a word, seconds and a colour by its kind.
   Sends nothing. */

/** @typedef {{name: string, seconds: number, kind: "waited" | "ran" | "fetched", goes: boolean}} Stretch */

/** @type {Component<{stretches: Stretch[]}>} */
export default function draw({ data, parentElement }) {
  const whole = data.stretches.reduce((sum, { seconds }) => sum + seconds, 0) || 1;
  const line = document.createElement("ol");
  for (const { name, seconds, kind, goes } of data.stretches) {
    const part = document.createElement("li");
    part.className = goes ? `${kind} goes` : kind;
    part.style.setProperty("--share", String(Math.max(0.04, seconds / whole)));
    const label = document.createElement("span");
    label.textContent = `${name} ${span(seconds)}`;
    part.append(label);
    line.append(part);
  }
  parentElement.querySelector("ol")?.remove();
  parentElement.append(line);
}

/** @param {number} seconds */
function span(seconds) {
  if (seconds < 1) return "under 1 s";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
