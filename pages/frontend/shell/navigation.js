// Says which of the links in the bar is the page that is shown, and that they are the navigation:
// Streamlit's links say neither. It draws nothing.
//
// data.place: which of the links in `.st-key-chrome_pages`, from 0 on; -1 for none.
// Sends nothing back.

/** @type {Component<{place: number}>} */
export default function navigation({ data }) {
  const bar = document.querySelector(".st-key-chrome_pages");
  bar?.setAttribute("role", "navigation");
  bar?.setAttribute("aria-label", "Pages");
  bar?.querySelectorAll("a").forEach((link, place) => {
    if (place === data.place) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
}
