/* How pictures of any shapes are laid out so that the most is seen of them. */

/** @typedef {{ width: number, height: number }} Picture  in pixels; 0 where it is not known */

const CAPTION = 34; // pixels
const GAP = 8; // pixels

/** The number of columns, at most so many, and the pictures' height in pixels.
 *  @param {Picture[]} pictures @param {{ width: number, tallest: number, most: number }} room */
export function arranged(pictures, { width, tallest, most }) {
  let best = { area: 0, columns: 1, height: 1 };
  for (let columns = 1; columns <= most; columns++) {
    const rows = Math.ceil(most / columns);
    const wide = (width - GAP * (columns - 1)) / columns;
    const room = (tallest - rows * CAPTION) / rows;
    const height = Math.min(room, Math.max(...pictures.map((one) => wide / shape(one))));
    const area = pictures.reduce((sum, one) => sum + seen(one, wide, height), 0);
    if (area > best.area) best = { area, columns, height };
  }
  return best;
}

/** @param {Picture} picture */
function shape({ width, height }) {
  return width && height ? width / height : 16 / 9;
}

/** How much of a room it fills.
 *  @param {Picture} picture @param {number} wide @param {number} high */
function seen(picture, wide, high) {
  const width = Math.min(wide, high * shape(picture));
  return (width * width) / shape(picture);
}
