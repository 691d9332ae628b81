/** Typed arguments of a message; secrets never, hostile text only through `safeText`. */
export type MessageArgs = Readonly<Record<string, string | number | boolean>>;

/** A sentence of the tool itself: key of the report's `sayings`, and what fills it. */
export interface Saying {
  readonly message: string;
  readonly args?: MessageArgs;
}
