/** The text of a log as it can be read now: its end, in characters that stand for its bytes. */
export interface LogEnd {
  readonly name: string;
  readonly text: string;
}

/** Characters at the end of what was read, by which it is found again. */
const ANCHOR = 4096;

/**
 * What was written since the last look, whole lines of it. A log is found again by its last lines, so that it may grow,
 * be cut at its beginning, be rotated under another name, or belong to a container that was made anew: what is not found
 * again is new as a whole.
 */
export class NewLines {
  #anchors: ReadonlyMap<string, string> = new Map();

  /** The first look gives everything. */
  take<L extends LogEnd>(logs: readonly L[]): readonly L[] {
    const known = [...this.#anchors.values()];
    const fresh = logs.map((log) => {
      const { name, text } = log;
      const whole = text.slice(0, text.lastIndexOf("\n") + 1);
      const own = this.#anchors.get(name);
      const from = seenOf(whole, own === undefined ? known : [own, ...known]);
      return { log, whole, text: whole.slice(from) };
    });
    this.#anchors = new Map(fresh.map(({ log, whole }) => [log.name, whole.slice(-ANCHOR)]));
    return fresh.flatMap(({ log, text }) => (text === "" ? [] : [{ ...log, text }]));
  }
}

/** Characters from the beginning that were there at the last look. */
function seenOf(text: string, anchors: readonly string[]): number {
  for (const anchor of anchors) {
    if (anchor === "") continue;
    const at = text.lastIndexOf(anchor);
    if (at >= 0) return at + anchor.length;
  }
  return 0;
}
