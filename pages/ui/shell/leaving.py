"""The way to another page: what is still being typed arrives first."""

from __future__ import annotations

import streamlit as st

WAITS = """<script>
(() => {
  if (window.typedFirst) return;
  window.typedFirst = true;
  let typed = null;  // the field with words that the server has not seen
  let taken = null;  // until they have been taken in
  const runs = () =>
    document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'notRunning';
  const until = async (holds, longest) => {
    const last = Date.now() + longest;
    while (!holds() && Date.now() < last) await new Promise(next => setTimeout(next, 10));
  };
  const arrival = async () => {
    await until(runs, 500);
    await until(() => !runs(), 5000);
  };
  document.addEventListener('input', event => { typed = event.target; }, true);
  document.addEventListener('pointerdown', event => {
    const leaves = typed !== null && typed === document.activeElement && typed !== event.target;
    taken = leaves ? arrival() : null;
    if (leaves) typed = null;
  }, true);
  document.addEventListener('click', event => {
    const link = event.target.closest('a[href]');
    if (!taken || !link || link.target === '_blank' || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    taken.then(() => link.click());
    taken = null;
  }, true);
})();
</script>"""


def wait_for_words() -> None:
    """Let a click that leaves the page wait until the words typed last have arrived.

    Streamlit sends them a moment after the field has lost the focus, and for the page that is left:
    they would overrule a quicker click on the navigation, and a slower click would stop them from
    being taken in.
    """
    st.html(WAITS, unsafe_allow_javascript=True)
