/* Asks an address of the server now and then: what has an answer at once is cheaper than a page that
   is drawn anew to find that nothing has changed. */

const PATIENCE = 10_000; // ms
const SETTLES = 3000; // ms

/* Streamlit takes what a component sends for a click, and drops for it a way back or forward that it
   has not begun to draw. */
let wentAt = -Infinity;
window.addEventListener("popstate", () => {
  wentAt = Date.now();
});

export class Asking {
  /** @param {number} every  ms
   *  @param {(answer: any) => void} hear
   *  @param {() => void} miss  called where the server has said nothing */
  constructor(every, hear, miss = () => {}) {
    this.address = "";
    this.hear = hear;
    this.miss = miss;
    this.asksHidden = true;
    this.isAsking = false;
    this.ask = () => void this.look();
    this.timer = window.setInterval(this.ask, every);
    document.addEventListener("visibilitychange", this.ask);
  }

  async look() {
    if (this.isAsking || !this.address || (document.hidden && !this.asksHidden)) return;
    this.isAsking = true;
    const answer = await this.answer();
    this.isAsking = false;
    if (!this.address || Date.now() - wentAt < SETTLES) return; // it is asked again
    if (answer === null) this.miss();
    else this.hear(answer);
  }

  /** Null where there is none: that the server is away says whatever draws the page. */
  async answer() {
    try {
      const answer = await fetch(this.address, { signal: AbortSignal.timeout(PATIENCE) });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  end() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.ask);
    this.address = "";
  }
}
