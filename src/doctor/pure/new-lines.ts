/** The text of a log as it can be read now: its end, in characters that stand for its bytes. */
export interface LogEnd {
  readonly name: string;
  readonly text: string;
}

/** Characters at the end of what was read, by which it is found again. */
const TAIL = 1024;

/** What was read of a log. */
interface Mark {
  readonly tail: string;
  readonly length: number;
}

/**
 * What was written since the last look, whole lines of it. A log is found again by its last lines, so that it may grow,
 * be cut at its beginning, be rotated under another name, or belong to a container that was made anew: what is not found
 * again is new as a whole.
 */
export class NewLines {
  #marks: ReadonlyMap<string, Mark> = new Map();
  #missed: readonly string[] = [];

  /**
   * Names of the logs of which more was written between the last two looks than is read: what was read last is not in
   * them any more, and they are no shorter than they were, so that they did not begin anew.
   */
  get missed(): readonly string[] {
    return this.#missed;
  }

  /** The first look gives everything. */
  take<L extends LogEnd>(logs: readonly L[]): readonly L[] {
    const known = [...this.#marks.values()];
    const fresh = logs.map((log) => {
      const whole = log.text.slice(0, log.text.lastIndexOf("\n") + 1);
      const own = this.#marks.get(log.name);
      const from = seenOf(whole, own === undefined ? known : [own, ...known]);
      return { log, whole, text: whole.slice(from), isMissed: from === 0 && isLonger(whole, own) };
    });
    this.#missed = fresh.flatMap(({ log, isMissed }) => (isMissed ? [log.name] : []));
    this.#marks = new Map(
      fresh.map(({ log, whole }) => [log.name, { tail: whole.slice(-TAIL), length: whole.length }]),
    );
    return fresh.flatMap(({ log, text }) => (text === "" ? [] : [{ ...log, text }]));
  }
}

function isLonger(text: string, before: Mark | undefined): boolean {
  return before !== undefined && before.tail !== "" && text.length >= before.length;
}

/** Characters from the beginning that were there at the last look. */
function seenOf(text: string, marks: readonly Mark[]): number {
  for (const { tail, length } of marks) {
    if (tail === "") continue;
    // It only grew; searching is for what was cut or moved.
    if (text.startsWith(tail, length - tail.length)) return length;
    const at = text.lastIndexOf(tail);
    if (at >= 0) return at + tail.length;
  }
  return 0;
}
