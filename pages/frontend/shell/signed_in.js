/**
 * Loads the page anew once its sign-in has ended, in another tab or by itself: what was drawn for
 * somebody stays on no screen. It asks when the page is looked at again, and draws nothing.
 *
 * Takes `{address}`: what answers 404 to who is not let in. Sends nothing back.
 *
 * @typedef {{ address: string }} Data
 */

/** @type {Component<Data>} */
export default function signedIn({ data }) {
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(data.address);
      if (answer.status === 404) window.location.reload();
    } catch {
      // The server is away: whatever draws the page says so.
    }
  };
  const looked = () => void look();
  document.addEventListener("visibilitychange", looked);
  window.addEventListener("focus", looked);
  return () => {
    document.removeEventListener("visibilitychange", looked);
    window.removeEventListener("focus", looked);
  };
}
