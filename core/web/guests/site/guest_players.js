/* The app's own player in the place of the browser's. Nothing of a clip is fetched until somebody
   turns to it, and one is heard at a time. */

import { drawIn } from "./player/player.js";

const SHEET = new URL("player/player.css", import.meta.url).href;
const TALLEST = 80; // hundredths of the window, as in guest.css

/** @type {NodeListOf<HTMLVideoElement | HTMLAudioElement>} */
const found = document.querySelectorAll(".clip > :is(video, audio)");
const rooms = [...found].map(withOurs);

/** @param {HTMLVideoElement | HTMLAudioElement} theirs */
function withOurs(theirs) {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = SHEET;
  root.append(sheet);
  host.hidden = true;
  sheet.addEventListener("load", () => {
    host.hidden = false;
    theirs.parentElement?.classList.add("ours");
    theirs.remove();
  });
  theirs.after(host); // hidden, and the browser's own plays on, until ours looks as it should
  drawIn(root, told(theirs));
  root.addEventListener("play", (event) => silenceOthers(event.target), true);
  return root;
}

/** @param {HTMLVideoElement | HTMLAudioElement} theirs */
function told(theirs) {
  const picture = theirs instanceof HTMLVideoElement ? theirs : undefined;
  return {
    src: theirs.getAttribute("src") ?? "",
    poster: theirs.getAttribute("poster") ?? "",
    label: theirs.getAttribute("aria-label") ?? "",
    width: picture?.width ?? 0,
    height: picture?.height ?? 0,
    fps: Number(theirs.dataset.fps ?? 0), // not told of what stands in for a removed original
    length: Number(theirs.dataset.length ?? 0),
    tallest: TALLEST,
    play: false,
    waits: true,
    sound: theirs.localName === "audio",
  };
}

/** @param {EventTarget | null} player */
function silenceOthers(player) {
  for (const root of rooms) {
    const other = root.querySelector("video");
    if (other !== player) other?.pause();
  }
}
