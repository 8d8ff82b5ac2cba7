/* Asks an address of the server now and then: what has an answer at once is cheaper than a page that
   is drawn anew to find that nothing has changed. */

export class Asking {
  /** @param {number} every  ms
   *  @param {(answer: any) => void} hear */
  constructor(every, hear) {
    this.address = "";
    this.every = every;
    this.hear = hear;
    this.asksHidden = true;
    this.ask = () => void this.look();
    this.timer = window.setInterval(this.ask, every);
    document.addEventListener("visibilitychange", this.ask);
  }

  async look() {
    if (!this.address || (document.hidden && !this.asksHidden)) return;
    try {
      const answer = await fetch(this.address, { signal: AbortSignal.timeout(this.every) });
      if (answer.ok) this.hear(await answer.json());
    } catch {
      // The server is away: whatever draws the page says so.
    }
  }

  end() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.ask);
    this.address = "";
  }
}
