/**
 * The pictures of the clips around the one that is seen.
 *
 * @typedef {{ id: number, name: string, src: string, poster: string, kind: "video" | "image" }} Shown
 */

import { element } from "../elements.js";

const AHEAD = 3; // clips loaded ahead

export class Stage {
  /** @param {() => void} clicked */
  constructor(clicked) {
    /** @type {Map<number, HTMLVideoElement | HTMLImageElement>} */
    this.pictures = new Map();
    this.box = element("div", "stage");
    this.box.addEventListener("click", clicked);
  }

  /** @param {Shown} clip */
  video(clip) {
    const picture = this.pictures.get(clip.id);
    return picture instanceof HTMLVideoElement ? picture : undefined;
  }

  /** Those around a place among the clips; the others give their room back.
   *  @param {Shown[]} clips @param {number} place */
  load(clips, place) {
    const near = clips.slice(Math.max(0, place - 1), place + 1 + AHEAD);
    for (const clip of near) {
      if (this.pictures.has(clip.id)) continue;
      const picture = pictured(clip);
      this.pictures.set(clip.id, picture);
      this.box.append(picture);
    }
    const wanted = new Set(near.map((clip) => clip.id));
    for (const [id, picture] of this.pictures) {
      if (wanted.has(id)) continue;
      if (picture instanceof HTMLVideoElement) picture.pause();
      picture.removeAttribute("src");
      picture.remove();
      this.pictures.delete(id);
    }
  }

  /** @param {Shown | undefined} clip  the one that is seen
   *  @param {{ muted: boolean, begins: boolean }} how  `begins`: it starts when first seen */
  show(clip, { muted, begins }) {
    for (const [id, picture] of this.pictures) {
      const seen = id === clip?.id;
      picture.classList.toggle("seen", seen);
      if (!(picture instanceof HTMLVideoElement)) continue;
      picture.muted = muted || !seen;
      if (!seen) picture.pause();
      else if (begins && !picture.dataset.begun) {
        picture.dataset.begun = "yes";
        start(picture);
      }
    }
  }
}

/** @param {Shown} clip */
function pictured(clip) {
  const picture = element(clip.kind === "video" ? "video" : "img", "picture");
  if (picture instanceof HTMLVideoElement) {
    Object.assign(picture, { loop: true, muted: true, playsInline: true, preload: "auto" });
    picture.poster = clip.poster;
  }
  picture.setAttribute("aria-label", clip.name);
  picture.src = clip.src;
  return picture;
}

/** @param {HTMLMediaElement} picture */
export function start(picture) {
  picture.play().catch(() => undefined); // refused by the browser, or paused meanwhile
}
