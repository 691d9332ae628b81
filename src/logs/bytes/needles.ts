import { SHAPES } from "../shapes/index.ts";

/** The end of a line on which a message was broken in two (`wrap.ts`), with what a line may end with. */
const BROKEN_ENDS = ["pairing", "Pairing", "origin", "Origin", "rigin not"].flatMap((end) =>
  ["\n", "\r", " \n", " \r", "\t", "  "].map((last) => end + last),
);

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

/** `cause` with what comes behind it where it is a key (`fragment.ts`). */
const CAUSES = [
  ...[...LETTERS, " ", '"', "'"].flatMap((next) => [`cause=${next}`, `cause:${next}`]),
  ...['cause":', 'cause" ', "cause':", "cause' ", 'cause\\"', "cause&quot;", "cause&#34;"],
];

/**
 * One of these is in every line of a long log that may become an event, or says whose the next ones are: what the shapes
 * ask for, what begins a paste, and what hides all else (bytes of journald, colours that JSON has escaped).
 */
export function needles(): readonly string[] {
  return [
    ...new Set([
      ...SHAPES.flatMap((shape) => shape.needles ?? shape.hints),
      ...CAUSES,
      ...['\\"type\\":\\"unauthorized\\"'],
      ...BROKEN_ENDS,
      ...["Gateway target:", "docker compose ", "docker-compose "],
      ...["h", "p", "t", "d", "n"].map((option) => ` node run --${option}`),
      " node install",
      ...['MESSAGE":[', 'MESSAGE": [', 'MESSAGE" : ['],
      ...Array.from({ length: 10 }, (_, digit) => `u001b[${digit}`),
    ]),
  ];
}
