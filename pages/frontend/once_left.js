/**
 * Streamlit can call a component a second time before it takes back the first call: what ends with an
 * element has to outlast that.
 */

/** @type {WeakMap<ShadowRoot, () => void>} */
const lastCalls = new WeakMap();

/** What a component returns: it does `leave` unless the component was called again in between.
 *  @param {ShadowRoot} root @param {() => void} leave */
export function onceLeft(root, leave) {
  const own = () => {
    if (lastCalls.get(root) === own) leave();
  };
  lastCalls.set(root, own);
  return own;
}
