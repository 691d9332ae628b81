/** A piece of an answer. */
export interface Frame {
  /** `M /etc/passwd`. */
  readonly head: string;
  readonly body: Buffer;
}

/** The frames of an answer: nobody there knew the mark, so that no file can have one in it. */
export function framesOf(answer: Buffer, mark: string): readonly Frame[] {
  const begin = Buffer.from(`\n${mark} `);
  const frames: Frame[] = [];
  for (let at = answer.indexOf(begin); at !== -1; ) {
    const head = at + begin.length;
    const line = answer.indexOf(10, head);
    if (line === -1) break;
    const next = answer.indexOf(begin, line);
    frames.push({
      head: answer.subarray(head, line).toString("utf8"),
      body: answer.subarray(line + 1, next === -1 ? answer.length : next),
    });
    at = next;
  }
  return frames;
}
