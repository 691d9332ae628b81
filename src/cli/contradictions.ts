import { say } from "../core/saying.ts";
import { UsageError } from "./usage-error.ts";

type Said = Readonly<Record<string, unknown>>;

/** What takes something back: it looks for nothing and plans nothing. */
const ONLY_FOR_A_NEW_FIX = [
  "remedy",
  "request",
  "allow-risk",
  "edit-compose",
  "domain",
  "proxy-file",
  "tls",
  "certificate",
  "certificate-key",
] as const;

/** Which two words of a line cannot both be meant; each is what is shown of it. */
const CONTRADICTIONS: readonly ((said: Said, isSaid: (option: string) => boolean) => Pair | undefined)[] = [
  ({ json, format }, isSaid) =>
    json === true && isSaid("format") && format !== "json" ? ["--json", `--format ${format}`] : undefined,
  // A scenario is played or the list of them is shown.
  ({ list, scenario }) => (list === true && scenario !== undefined ? ["--list", "SCENARIO"] : undefined),
  ({ undo, ids }) => (undo === true && listOf(ids).length > 0 ? ["--undo", "ID"] : undefined),
  ({ undo }, isSaid) => {
    const other = undo === true ? ONLY_FOR_A_NEW_FIX.find(isSaid) : undefined;
    return other === undefined ? undefined : ["--undo", `--${other}`];
  },
  ({ only, skip }) => pairOf("only", listOf(only), "skip", listOf(skip)),
  ({ set, unset }) =>
    pairOf(
      "set",
      listOf(set).map((text) => text.replace(/=.*/s, "").trim()),
      "unset",
      listOf(unset),
    ),
];

type Pair = readonly [one: string, other: string];

/**
 * What a command line asks for and does not ask for at once; one of both would be left out in silence.
 *
 * @throws {UsageError}
 */
export function refuseContradictions(said: Said, argv: readonly string[]): void {
  const isSaid = (option: string): boolean =>
    argv.some((word) => word === `--${option}` || word.startsWith(`--${option}=`));
  for (const contradiction of CONTRADICTIONS) {
    const pair = contradiction(said, isSaid);
    if (pair === undefined) continue;
    const [one, other] = pair;
    throw new UsageError(say("both-options", { one, other }), say("contradict"), say("give-one"));
  }
}

function pairOf(
  one: string,
  ones: readonly string[],
  other: string,
  others: readonly string[],
): Pair | undefined {
  const both = ones.find((text) => others.includes(text));
  return both === undefined ? undefined : [`--${one} ${plain(both)}`, `--${other} ${plain(both)}`];
}

/** Where any word may stand, only what looks like an id or a key is repeated. */
function plain(text: string): string {
  return /^[\w.-]{1,80}$/.test(text) ? text : "…";
}

function listOf(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((each): each is string => typeof each === "string");
}
