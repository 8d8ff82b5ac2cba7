/** What Streamlit hands to a component's script: see `st.components.v2.component`. */

/** A component draws itself anew, in place, each time that its data change; what it returns is
 * called once when it leaves the page. */
type Component<Data, State = Record<string, never>, Triggers = Record<string, never>> = (
  argument: ComponentArgument<Data, State, Triggers>,
) => void | (() => void);

interface ComponentArgument<Data, State, Triggers> {
  /** What the page passed as `data`. */
  data: Data;
  /** The shadow root to draw in: the same one for as long as the element is on the page. */
  parentElement: ShadowRoot;
  /** Streamlit's own name of this element. */
  key: string;
  name: string;
  /** Kept in the session until it is changed; the page runs again. */
  setStateValue<Name extends keyof State & string>(name: Name, value: State[Name]): void;
  /** True for the one run that it causes. */
  setTriggerValue<Name extends keyof Triggers & string>(name: Name, value: Triggers[Name]): void;
}
