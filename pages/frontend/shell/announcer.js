// Tells that a generation has ended, in the ways that are switched on in this browser: a sound, a dot
// before the tab's title until somebody looks, a notification. Drawn only where the switches are.
//
// data.ended: the generations and batches that ended, each with a line that says how; each is told once in a tab.
// data.panel: true where the switches are to be drawn.
// Sends nothing back: the switches stay in this browser.

/** @typedef {{sound: boolean, title: boolean, notification: boolean}} Switches */
/** @typedef {{id: number | string, says: string}} Ended */

const KEPT = "dailies-announcements";
const TOLD = "dailies-announced";
const DOT = "● ";
/** @type {Switches} */
const AT_FIRST = { sound: false, title: true, notification: false };

/** @returns {Switches} */
function switches() {
  try {
    return { ...AT_FIRST, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return AT_FIRST;
  }
}

/** @param {Partial<Switches>} changed */
function keep(changed) {
  localStorage.setItem(KEPT, JSON.stringify({ ...switches(), ...changed }));
}

/**
 * Those that this tab has not told of yet; from now on it has.
 * @param {Ended[]} ended
 */
function fresh(ended) {
  const told = new Set((sessionStorage.getItem(TOLD) ?? "").split(" "));
  const untold = ended.filter(({ id }) => !told.has(String(id)));
  untold.forEach(({ id }) => told.add(String(id)));
  sessionStorage.setItem(TOLD, [...told].join(" "));
  return untold;
}

/** Two soft tones, a fifth apart. */
function chime() {
  const audio = new AudioContext();
  [587.33, 880].forEach((pitch, place) => {
    const from = audio.currentTime + place * 0.14;
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.12, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.7);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.75);
    if (place === 1) tone.onended = () => void audio.close();
  });
}

const isSeen = () => !document.hidden && document.hasFocus();

/** A dot stays before the title, whatever the page calls itself meanwhile, until somebody looks. */
function markTitle() {
  const put = () => {
    if (!document.title.startsWith(DOT)) document.title = DOT + document.title;
  };
  const watch = new MutationObserver(put);
  const looked = () => {
    if (document.hidden) return;
    watch.disconnect();
    removeEventListener("focus", looked);
    document.removeEventListener("visibilitychange", looked);
    document.title = document.title.replace(DOT, "");
  };
  put();
  watch.observe(document.head, { subtree: true, childList: true, characterData: true });
  addEventListener("focus", looked);
  document.addEventListener("visibilitychange", looked);
}

/** @param {Ended} ended */
function notify({ id, says }) {
  const shown = new Notification("Dailies", { body: says, tag: `dailies-${id}` });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
}

/** @param {Ended[]} ended */
function announce(ended) {
  const wanted = switches();
  if (wanted.sound) chime();
  if (isSeen()) return;
  if (wanted.title) markTitle();
  if (wanted.notification && globalThis.Notification?.permission === "granted") {
    ended.forEach(notify);
  }
}

/**
 * One switch with its words; `turn` says whether it may be turned.
 * @param {keyof Switches} name
 * @param {string} label
 * @param {string} more
 * @param {(on: boolean) => Promise<string>} turn what stands against it, in words; else empty
 */
function row(name, label, more, turn) {
  const line = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  box.setAttribute("role", "switch");
  box.checked = switches()[name];
  const words = document.createElement("span");
  const note = document.createElement("small");
  note.textContent = more;
  words.append(label, note);
  line.append(box, words);
  box.addEventListener("change", async () => {
    const against = await turn(box.checked);
    if (against) box.checked = false;
    note.textContent = against || more;
    keep({ [name]: box.checked });
  });
  return line;
}

/** Asks the browser, only when somebody turns this on. @param {boolean} on */
async function mayNotify(on) {
  if (!on) return "";
  if (!globalThis.Notification) return "This browser has no notifications at this address.";
  const answer = await Notification.requestPermission();
  return answer === "granted" ? "" : "The browser does not let this address notify you.";
}

/** @param {boolean} on */
async function demonstrate(on) {
  if (on) chime();
  return "";
}

/** @param {ShadowRoot} root */
function drawSwitches(root) {
  if (root.querySelector("label")) return;
  root.append(
    row("title", "A dot in the tab's title", "Until you look at the tab.", async () => ""),
    row("sound", "A soft sound", "Played once now, so that you know it.", demonstrate),
    row("notification", "A notification", "While you look at something else.", mayNotify),
  );
}

/** @type {Component<{ended: Ended[], panel: boolean}>} */
export default function announcer({ data, parentElement }) {
  if (data.panel) drawSwitches(parentElement);
  const untold = fresh(data.ended);
  if (untold.length) announce(untold);
}
