/* Moments by the clock of whoever looks; what the page said, in UTC, is told on hover. */

const WORDS = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** @param {Document | Element} within */
export function tellLocally(within) {
  /** @type {NodeListOf<HTMLTimeElement>} */
  const times = within.querySelectorAll("time:not([title])");
  for (const time of times) {
    time.title = time.textContent ?? "";
    time.textContent = WORDS.format(new Date(time.dateTime));
  }
}
