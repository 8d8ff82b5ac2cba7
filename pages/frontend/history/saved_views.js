/* Draws the views that are kept by name: links that open them, each with a button to forget it.
   Takes: each view's number, name and address, and whether it is everyone's.
   Sends back `forget`: the number of the one to forget. */

/** @typedef {{id: number, name: string, href: string, everyones: boolean}} View */

/** @type {Component<{views: View[]}, Record<string, never>, {forget: number}>} */
export default function draw({ data, parentElement, setTriggerValue }) {
  const list = document.createElement("ul");
  for (const { id, name, href, everyones } of data.views) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = name;
    const whose = document.createElement("span");
    whose.textContent = everyones ? "everyone’s" : "mine";
    const forget = document.createElement("button");
    forget.type = "button";
    forget.textContent = "Forget";
    forget.setAttribute("aria-label", `Forget ${name}`);
    forget.addEventListener("click", () => setTriggerValue("forget", id));
    const row = document.createElement("li");
    row.append(link, whose, forget);
    list.append(row);
  }
  parentElement.querySelector("ul")?.remove();
  parentElement.append(list);
}
