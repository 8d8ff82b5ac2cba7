// Says in our words that the server does not answer, at the foot of the page, and closes the dialog of
// Streamlit that would cover it. Both end by themselves when the server is back.
//
// Takes no data, sends nothing back.

const GRACE = 1500; // ms; a short interruption is nobody's business
const TITLE = "Dailies does not answer";
const WORDS =
  "Its server may be starting anew, or this device is offline. What you see and typed stays here, " +
  "and clips that are being made are not lost. This page joins again by itself.";

/** @param {Element} app */
const isAway = (app) =>
  ["PINGING_SERVER", "CONNECTING"].includes(app.getAttribute("data-test-connection-state") ?? "");

function closeStreamlitsDialog() {
  for (const dialog of document.querySelectorAll("[role=dialog]")) {
    if (dialog.querySelector("h2")?.textContent !== "Connection error") continue;
    dialog.closest("[data-testid=stDialog]")?.setAttribute("style", "display: none");
    /** @type {HTMLElement | null} */ (dialog.querySelector("[aria-label=Close]"))?.click();
  }
}

/** @param {ShadowRoot} root */
function drawn(root) {
  const found = /** @type {HTMLElement | null} */ (root.querySelector("[role=status]"));
  if (found) return found;
  const notice = document.createElement("div");
  notice.setAttribute("role", "status");
  notice.popover = "manual";
  const title = document.createElement("strong");
  const words = document.createElement("p");
  title.textContent = TITLE;
  words.textContent = WORDS;
  notice.append(title, words);
  root.append(notice);
  return notice;
}

/** @type {Component<null>} */
export default function connection({ parentElement }) {
  const app = document.querySelector("[data-testid=stApp]");
  if (!app) return undefined;
  const notice = drawn(parentElement);
  let since = 0;
  const show = () => {
    if (isAway(app) && notice.isConnected) notice.showPopover();
  };
  const look = () => {
    if (isAway(app)) {
      closeStreamlitsDialog();
      since ||= window.setTimeout(show, GRACE);
      return;
    }
    clearTimeout(since);
    since = 0;
    if (notice.isConnected) notice.hidePopover();
  };
  const states = new MutationObserver(look);
  states.observe(app, { attributeFilter: ["data-test-connection-state"] });
  const dialogs = new MutationObserver(() => isAway(app) && closeStreamlitsDialog());
  dialogs.observe(document.body, { childList: true, subtree: true });
  look();
  return () => {
    clearTimeout(since);
    states.disconnect();
    dialogs.disconnect();
  };
}
