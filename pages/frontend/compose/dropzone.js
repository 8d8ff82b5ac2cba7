/* Draws a sign while files are dragged over the form, which may then be dropped anywhere on it.
   Takes: the class of the form, and where its inputs take files, with the media that each takes.
   Sends nothing: files that are dropped, or pasted anywhere on the page, go to the first upload
   field that takes them. */

/** @typedef {{form: string, fields: {place: string, media: string[]}[]}} Form */

const PATIENCE_MS = 5000;

/** @type {Map<ShadowRoot, {data: Form, end: () => void}>} */
const drawn = new Map();

/** @type {Component<Form>} */
export default function draw({ data, parentElement }) {
  const there = drawn.get(parentElement);
  if (there) {
    there.data = data;
    return there.end;
  }
  const sign = document.createElement("div");
  sign.className = "sign";
  sign.hidden = true;
  sign.textContent = "Drop it anywhere here";
  parentElement.append(sign);
  const stop = new AbortController();
  const end = () => {
    stop.abort();
    drawn.delete(parentElement);
  };
  const state = { data, end };
  drawn.set(parentElement, state);
  listen(state, sign, stop.signal);
  return end;
}

/** @param {{data: Form}} state @param {HTMLElement} sign @param {AbortSignal} signal */
function listen(state, sign, signal) {
  const over = (/** @type {DragEvent} */ event) => {
    const form = document.querySelector(`.${CSS.escape(state.data.form)}`);
    const at = /** @type {Element} */ (event.target);
    return Boolean(form?.contains(at)) && !at.closest("[data-testid=stFileUploaderDropzone]");
  };
  /** @type {(event: DragEvent) => void} */
  const drag = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // a file that misses its place must not take the page's place
    sign.hidden = !over(event);
  };
  document.addEventListener("dragover", drag, { signal });
  document.addEventListener("dragleave", (event) => (sign.hidden ||= !event.relatedTarget), { signal });
  document.addEventListener(
    "drop",
    (event) => {
      sign.hidden = true;
      if (!event.dataTransfer?.files.length) return;
      const native = /** @type {Element} */ (event.target).closest("[data-testid=stFileUploaderDropzone]");
      if (native) return;
      event.preventDefault();
      if (over(event)) hand(state, event.dataTransfer.files);
    },
    { signal },
  );
  document.addEventListener(
    "paste",
    (event) => {
      const files = event.clipboardData?.files;
      if (!files?.length || document.querySelector("[role=dialog]")) return;
      if (hand(state, files)) event.preventDefault();
    },
    { signal },
  );
}

/** Give the files to the first field that takes the first of them; whether there is one.
 *  @param {{data: Form}} state @param {FileList} list */
function hand(state, list) {
  const files = [...list]; // the event's own list is empty once it is over
  const taken = Boolean(fieldFor(state.data, files));
  if (taken) void give(state, files, Date.now() + PATIENCE_MS);
  return taken;
}

/** @param {Form} form @param {File[]} files */
function fieldFor(form, files) {
  const medium = files[0]?.type.split("/")[0] ?? "";
  const known = ["image", "video", "audio"].includes(medium);
  return form.fields.find(({ media }) => !known || media.includes(medium));
}

/** Wait while the page is being drawn: a field may still be on its way to it, or about to leave.
 *  @param {{data: Form}} state @param {File[]} files @param {number} until */
async function give(state, files, until) {
  const app = /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stApp]"));
  const drawn = app?.dataset.testScriptState === "notRunning" || Date.now() > until;
  const place = fieldFor(state.data, files)?.place ?? "";
  const input = /** @type {HTMLInputElement | null} */ (
    drawn && place ? document.querySelector(`.${CSS.escape(place)} input[type=file]`) : null
  );
  if (!input) {
    if (Date.now() > until) return;
    await new Promise((done) => setTimeout(done, 100));
    await give(state, files, until);
    return;
  }
  const given = new DataTransfer();
  for (const file of input.multiple ? files : files.slice(0, 1)) given.items.add(file);
  input.files = given.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
