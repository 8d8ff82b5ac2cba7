/* Draws the chosen model as a button, and a list to find another one in, by word.
   Takes: the models in groups, each with its price and pace, and which of them is chosen.
   Sends: `choose` with the key of the model that was chosen.

   In the list the arrows walk, Enter chooses, Escape closes, and typing searches. */

/** @typedef {{key: string, name: string, price: string, pace: string, about: string, old: boolean}} Model */

/** @typedef {{chosen: string, groups: {name: string, models: Model[]}[]}} Models */

/** @type {WeakMap<ShadowRoot, Chooser>} */
const choosers = new WeakMap();

/** @type {Component<Models, Record<string, never>, {choose: string}>} */
export default function draw({ data, parentElement, setTriggerValue }) {
  const chooser = choosers.get(parentElement) ?? new Chooser(parentElement);
  choosers.set(parentElement, chooser);
  chooser.show(data, (key) => setTriggerValue("choose", key));
}

class Chooser {
  /** @param {ShadowRoot} root */
  constructor(root) {
    /** @type {HTMLElement[]} */
    this.options = [];
    this.at = 0;
    /** @type {(key: string) => void} */
    this.send = () => {};

    this.button = element("button", "chosen");
    this.button.setAttribute("aria-haspopup", "listbox");
    this.name = element("span", "name");
    this.price = element("span", "price");
    this.button.append(this.name, this.price);
    this.panel = element("div", "panel");
    this.panel.popover = "auto";
    this.search = element("input", "search");
    Object.assign(this.search, { type: "search", placeholder: "Find by name, maker or use", role: "combobox" });
    for (const [name, value] of Object.entries({
      "aria-label": "Find a model",
      "aria-controls": "models",
      "aria-expanded": "true",
      autocomplete: "off",
    })) {
      this.search.setAttribute(name, value);
    }
    this.list = element("div", "list");
    this.list.id = "models";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Models");
    this.none = element("p", "none");
    this.none.textContent = "No model has all of these words.";
    this.panel.append(this.search, this.list, this.none);
    root.append(this.button, this.panel);

    this.button.addEventListener("click", () => this.open());
    this.search.addEventListener("input", () => this.find());
    this.search.addEventListener("keydown", (event) => this.key(event));
    this.panel.addEventListener("toggle", (event) => {
      const opened = /** @type {ToggleEvent} */ (event).newState === "open";
      this.button.setAttribute("aria-expanded", String(opened));
    });
  }

  /** @param {Models} data @param {(key: string) => void} send */
  show(data, send) {
    this.send = send;
    const all = data.groups.flatMap((group) => group.models);
    const chosen = all.find((model) => model.key === data.chosen);
    this.name.textContent = chosen?.name ?? "Choose a model";
    this.price.textContent = chosen ? told(chosen) : "";
    this.button.setAttribute("aria-label", `Model: ${chosen?.name ?? ""}, ${this.price.textContent}`);
    this.options = [];
    this.list.replaceChildren(
      ...data.groups.map((group) => {
        const box = element("div", "group");
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", group.name);
        const title = element("p", "title");
        title.textContent = group.name;
        box.append(title, ...group.models.map((model) => this.option(model, group.name, data.chosen)));
        return box;
      }),
    );
    if (this.panel.matches(":popover-open")) this.find();
  }

  /** @param {Model} model @param {string} group @param {string} chosen */
  option(model, group, chosen) {
    const option = element("div", "option");
    option.id = `model-${this.options.length}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(model.key === chosen));
    option.dataset.words = `${model.name} ${group} ${model.about} ${model.pace}`.toLowerCase();
    const name = element("span", "name");
    name.textContent = model.old ? `${model.name} · retired` : model.name;
    const price = element("span", "price");
    price.textContent = told(model);
    const about = element("span", "about");
    about.textContent = model.about;
    option.append(name, price, about);
    option.addEventListener("click", () => this.choose(model.key));
    option.dataset.key = model.key;
    this.options.push(option);
    return option;
  }

  open() {
    this.search.value = "";
    const place = this.button.getBoundingClientRect();
    const room = window.innerHeight - place.bottom - 16;
    this.panel.style.setProperty("--left", `${Math.max(8, place.left)}px`);
    this.panel.style.setProperty("--top", `${place.bottom + 6}px`);
    this.panel.style.setProperty("--room", `${Math.max(220, room)}px`);
    this.panel.style.setProperty("--width", `${place.width}px`);
    this.panel.showPopover();
    this.find();
    const chosen = this.options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    this.mark(Math.max(0, chosen));
    this.search.focus();
  }

  find() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const option of this.options) {
      option.hidden = !words.every((word) => option.dataset.words?.includes(word));
    }
    for (const group of this.list.querySelectorAll(".group")) {
      const empty = !group.querySelector(".option:not([hidden])");
      /** @type {HTMLElement} */ (group).hidden = empty;
    }
    const first = this.options.findIndex((option) => !option.hidden);
    this.none.hidden = first >= 0;
    if (this.options[this.at]?.hidden !== false) this.mark(first);
  }

  /** @param {number} at */
  mark(at) {
    this.options[this.at]?.classList.remove("marked");
    this.at = at;
    const option = this.options[at];
    option?.classList.add("marked");
    option?.scrollIntoView({ block: "nearest" });
    this.search.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      let next = this.at + step;
      while (this.options[next]?.hidden) next += step;
      if (this.options[next]) this.mark(next);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const key = this.options[this.at]?.dataset.key;
      if (key !== undefined) this.choose(key);
    }
  }

  /** @param {string} key */
  choose(key) {
    this.panel.hidePopover();
    this.button.focus();
    this.send(key);
  }
}

/** @param {Model} model */
function told(model) {
  return model.pace ? `${model.price} · ${model.pace}` : model.price;
}

/** @template {keyof HTMLElementTagNameMap} Tag
 *  @param {Tag} tag @param {string} name @returns {HTMLElementTagNameMap[Tag]} */
function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
