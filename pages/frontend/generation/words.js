/* Draws the words of a generation in the text face, each with a button that copies them.
   Takes: texts, each with a caption or none.
   Sends nothing. */

/** @typedef {{texts: {caption: string, text: string}[]}} Words */

const PATIENCE_MS = 1500;

/** @type {Component<Words>} */
export default function draw({ data, parentElement }) {
  const parts = data.texts.map(({ caption, text }) => {
    const part = document.createElement("section");
    if (caption) {
      const head = document.createElement("h4");
      head.textContent = caption;
      part.append(head);
    }
    const words = document.createElement("p");
    words.textContent = text;
    const copy = document.createElement("button");
    copy.type = "button";
    copy.textContent = "Copy";
    copy.setAttribute("aria-label", caption ? `Copy the words of ${caption}` : "Copy the prompt");
    copy.addEventListener("click", async () => {
      copy.textContent = (await copied(text, words)) ? "Copied" : "Press Ctrl + C";
      window.setTimeout(() => (copy.textContent = "Copy"), PATIENCE_MS);
    });
    part.append(words, copy);
    return part;
  });
  parentElement.querySelectorAll("section").forEach((part) => part.remove());
  parentElement.append(...parts);
}

/** Copy the text; where the page may not, over plain HTTP, select it for the person.
 *  @param {string} text @param {HTMLElement} words */
async function copied(text, words) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    window.getSelection()?.selectAllChildren(words);
    return false;
  }
}
