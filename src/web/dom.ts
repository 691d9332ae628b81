type Child = Node | string | undefined;
type Listener = (event: Event) => void;

/** An element. An attribute that is `true` has no value, one that is `undefined` or `false` is left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | boolean | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

export function on<E extends EventTarget>(target: E, event: string, listener: Listener): E {
  target.addEventListener(event, listener);
  return target;
}

/** A sentence of ours, in which commands stand between back-quotes. */
export function prose(text: string): readonly (Node | string)[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? make("code", {}, part) : part));
}

/** Markup that the report's own renderer made: every text in it went through its escaping. */
export function setRendered(element: Element, markup: string): void {
  element.innerHTML = markup;
}

/** A field under its label. */
export function field(label: string, control: HTMLElement, hint?: string): HTMLElement {
  const note =
    hint === undefined ? undefined : make("span", { class: "hint", id: `${control.id}-hint` }, hint);
  if (note !== undefined) control.setAttribute("aria-describedby", note.id);
  return make("p", { class: "field" }, make("label", { for: control.id }, label), control, note);
}

/** A list to choose from; `values` with the words for each. */
export function choice(
  id: string,
  values: readonly (readonly [value: string, words: string])[],
  chosen: string,
): HTMLSelectElement {
  const options = values.map(([value, words]) =>
    make("option", { value, selected: value === chosen }, words),
  );
  return make("select", { id, name: id }, ...options);
}
