/* The app's own player in the place of the browser's. Nothing of a clip is fetched until somebody
   turns to it, and one is heard at a time. */

import draw from "./player.js";

const SHEET = new URL("player.css", import.meta.url).href;
const TALLEST = 80; // hundredths of the window, as in guest.css

const rooms = [...document.querySelectorAll(".clip > :is(video, audio)")].map(withOurs);

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
    theirs.parentElement.classList.add("ours");
    theirs.remove();
  });
  theirs.after(host); // hidden, and the browser's own plays on, until ours looks as it should
  draw({ parentElement: root, data: told(theirs) });
  root.addEventListener("play", (event) => silenceOthers(event.target), true);
  return root;
}

function told(theirs) {
  return {
    src: theirs.getAttribute("src"),
    poster: theirs.getAttribute("poster") ?? "",
    label: theirs.getAttribute("aria-label"),
    width: theirs.width ?? 0,
    height: theirs.height ?? 0,
    fps: Number(theirs.dataset.fps),
    length: Number(theirs.dataset.length),
    tallest: TALLEST,
    play: false,
    waits: true,
    sound: theirs.localName === "audio",
  };
}

function silenceOthers(player) {
  for (const root of rooms) {
    const other = root.querySelector("video");
    if (other !== player) other.pause();
  }
}
