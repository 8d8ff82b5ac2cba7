/* Draws a family as a tree from left to right: each generation is a card, with a line to the one
   that it was made from.
   Takes: the generations, each behind the one that it stands below, and which of them is looked at.
   Sends: `open` with the number of the one that was clicked. */

/** @typedef {{
 *   id: number, parent: number, way: string, model: string, words: string, poster: string,
 *   cost: string, state: string, others: string[], address: string,
 * }} Relative */

/** @typedef {{members: Relative[], current: number}} Family */

/** @typedef {{x: number, y: number}} Place */

const WIDE = { card: 164, high: 168, gap: 48, row: 16 };
const NARROW = { card: 124, high: 146, gap: 28, row: 12 };
const NARROW_BELOW = 560;
const ROUND = 12;

/** @type {Component<Family, Record<string, never>, {open: number}>} */
export default function draw({ data, parentElement, setTriggerValue }) {
  const host = /** @type {HTMLElement} */ (parentElement.host);
  const frame = parentElement.querySelector(".tree") ?? made("div", "tree");
  const size = host.clientWidth < NARROW_BELOW ? NARROW : WIDE;
  const { places, rows, columns } = arrange(data.members);
  const x = (/** @type {number} */ column) => column * (size.card + size.gap);
  const y = (/** @type {number} */ row) => row * (size.high + size.row);
  const list = made("ol", "members");
  list.style.width = `${x(columns) - size.gap}px`;
  list.style.height = `${y(rows) - size.row}px`;
  for (const one of data.members) {
    const at = /** @type {Place} */ (places.get(one.id));
    const item = card(one, one.id === data.current, setTriggerValue);
    item.style.cssText = `left:${x(at.x)}px;top:${y(at.y)}px;width:${size.card}px;height:${size.high}px`;
    list.append(item);
  }
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  lines.setAttribute("aria-hidden", "true");
  lines.setAttribute("width", list.style.width);
  lines.setAttribute("height", list.style.height);
  const middle = size.card * 0.28;
  for (const one of data.members) {
    const from = places.get(one.parent);
    const to = /** @type {Place} */ (places.get(one.id));
    if (!from) continue;
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", bend(x(from.x) + size.card, y(from.y) + middle, x(to.x), y(to.y) + middle));
    lines.append(line);
  }
  const { scrollLeft, scrollTop } = frame;
  const same = frame.isConnected && /** @type {HTMLElement} */ (frame).dataset.current === String(data.current);
  /** @type {HTMLElement} */ (frame).dataset.current = String(data.current);
  const sheet = made("div", "sheet");
  sheet.append(lines, list);
  frame.replaceChildren(sheet);
  if (!frame.isConnected) parentElement.append(frame);
  frame.setAttribute("tabindex", "0");
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", "Family tree");
  if (same) {
    frame.scrollLeft = scrollLeft;
    frame.scrollTop = scrollTop;
  } else {
    const at = places.get(data.current);
    if (at) {
      frame.scrollLeft = x(at.x) - (frame.clientWidth - size.card) / 2;
      frame.scrollTop = y(at.y) - (frame.clientHeight - size.high) / 2;
    }
  }
}

/** Columns by generation; each stands beside the first of those below it.
 *  @param {Relative[]} members */
function arrange(members) {
  /** @type {Map<number, Place>} */
  const places = new Map();
  /** @type {Map<number, Relative[]>} */
  const below = new Map();
  for (const one of members) {
    const column = places.get(one.parent);
    places.set(one.id, { x: column ? column.x + 1 : 0, y: 0 });
    below.set(one.parent, [...(below.get(one.parent) ?? []), one]);
  }
  let rows = 0;
  for (const one of members) if (!below.has(one.id)) /** @type {Place} */ (places.get(one.id)).y = rows++;
  for (const one of [...members].reverse()) {
    const children = below.get(one.id);
    if (!children) continue;
    /** @type {Place} */ (places.get(one.id)).y = Math.min(...children.map((each) => places.get(each.id)?.y ?? 0));
  }
  return { places, rows, columns: Math.max(...[...places.values()].map((at) => at.x)) + 1 };
}

/** A line that turns twice, with round corners.
 *  @param {number} x @param {number} y @param {number} toX @param {number} toY */
function bend(x, y, toX, toY) {
  const turn = (x + toX) / 2;
  const drop = toY - y;
  const round = Math.min(ROUND, Math.abs(drop) / 2, (toX - x) / 2) * Math.sign(drop);
  if (!round) return `M${x} ${y}H${toX}`;
  const wide = Math.abs(round);
  return (
    `M${x} ${y}H${turn - wide}Q${turn} ${y} ${turn} ${y + round}` +
    `V${toY - round}Q${turn} ${toY} ${turn + wide} ${toY}H${toX}`
  );
}

/** @param {Relative} one @param {boolean} isCurrent @param {(name: "open", id: number) => void} send */
function card(one, isCurrent, send) {
  const item = made("li", "");
  const link = /** @type {HTMLAnchorElement} */ (made("a", one.state ? "away" : ""));
  link.href = one.address;
  link.title = one.words;
  if (isCurrent) link.setAttribute("aria-current", "page");
  link.onclick = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (!isCurrent) send("open", one.id);
  };
  const still = made("span", "still");
  if (one.poster) {
    const picture = /** @type {HTMLImageElement} */ (made("img", ""));
    picture.loading = "lazy";
    picture.decoding = "async";
    picture.alt = "";
    picture.src = one.poster;
    still.append(picture);
  } else {
    still.append(made("span", "words", one.words || one.model));
  }
  if (one.state) still.append(made("span", "state", one.state));
  const from = one.others.length ? `, also from ${one.others.join(", ")}` : "";
  const way = one.way ? `${one.way}${from}` : one.others.length ? `From ${one.others.join(", ")}` : "";
  link.append(
    still,
    made("span", "name", `#${one.id} · ${one.model}`),
    made("span", "way", way || "The beginning"),
    made("span", "cost", one.cost),
  );
  item.append(link);
  return item;
}

/** @param {string} tag @param {string} name @param {string} [text] */
function made(tag, name, text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}
