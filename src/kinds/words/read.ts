import { DEPLOYMENT_KINDS, type DeploymentKind } from "../../core/deployment-kind.ts";
import type { DeploymentNames } from "../../core/facts.ts";
import { safeText } from "../../core/text.ts";
import { type Stance, stanceOf } from "../../logs/stance.ts";
import type { Weight } from "../kind.ts";
import { type OwnLine, ownLines } from "./clauses.ts";
import { type How, LOOKS_ON, MACHINES, WORDINGS, type Wording } from "./mentions.ts";
import { namesIn, portIn } from "./names.ts";

/** A text that somebody wrote, with what they typed and pasted. */
export interface OwnText {
  /** Of its file. */
  readonly name: string;
  readonly text: string;
}

/** What somebody's words say of where the gateway runs. */
export interface WordSign {
  readonly kind: DeploymentKind;
  /** Below zero: they say that it is not this. */
  readonly weight: Weight;
  /** `ticket.txt:3`. */
  readonly source: string;
  readonly quote: string;
}

export interface DeploymentWords {
  readonly signs: readonly WordSign[];
  /** By the kind that they belong to. */
  readonly names: Readonly<Record<DeploymentKind, DeploymentNames>>;
}

/** A command that was run says more than a file, and a file more than a word. */
const WEIGHTS: Readonly<Record<How, Weight>> = { typed: 7, shown: 5, named: 4, usual: 4, hinted: 3 };
/** A server is where other kinds run, too. */
const SERVER: Weight = 3;
const MACHINE: Weight = 2.5;
const DENIED: Weight = -8;

interface Mention {
  readonly wording: Wording;
  readonly stance: Stance;
  readonly source: string;
  readonly quote: string;
}

/** One sign for each kind and way of showing it, however often it is there: who writes much is not surer. */
export function deploymentWords(texts: readonly OwnText[]): DeploymentWords {
  const lines = texts.map(({ name, text }) => ({ name, lines: ownLines(text) }));
  const mentions = lines.flatMap((one) => one.lines.flatMap((line) => mentionsIn(one.name, line)));
  const own = mentions.filter(({ stance }) => stance === "own");
  const first = new Map<string, WordSign>();
  for (const { wording, stance, source, quote } of mentions) {
    if (stance === "others") continue;
    const { kind, how } = wording;
    const key = `${kind} ${stance === "denied" ? "denied" : how}`;
    // What is denied in one sentence and typed in another is there.
    if (first.has(key)) continue;
    const weight = stance === "denied" ? DENIED : kind === "vps" ? SERVER : WEIGHTS[how];
    first.set(key, { kind, weight, source, quote });
  }
  const all = lines.flatMap((one) => one.lines);
  const names = namesByKind(own, all);
  const { platform } = names.local;
  const machine = platform === "darwin" || platform === "win32" ? machineSign(platform, lines) : [];
  return { signs: onServer([...withoutDenials([...first.values()], own), ...machine], own), names };
}

/**
 * A denial counts where nothing else is said: what somebody runs or speaks of as theirs is not talked away. What mostly
 * runs on such a machine is: "on my NAS, no Docker".
 */
function withoutDenials(signs: readonly WordSign[], own: readonly Mention[]): readonly WordSign[] {
  const theirs = new Set<DeploymentKind>(
    own.flatMap(({ wording: { kind, how } }) =>
      kind === "vps" || how === "hinted" || how === "usual" ? [] : [kind],
    ),
  );
  return signs.filter(({ kind, weight }) => weight > 0 || !theirs.has(kind));
}

/** Who names a server, and no container or cluster, has the service that they speak of there. */
function onServer(signs: readonly WordSign[], own: readonly Mention[]): readonly WordSign[] {
  const kinds = new Set(own.flatMap(({ wording: { kind, how } }) => (how === "hinted" ? [] : [kind])));
  if (!kinds.has("vps") || kinds.has("docker") || kinds.has("kubernetes")) return signs;
  return signs.map((sign) => (sign.kind === "local" && sign.weight > 0 ? { ...sign, kind: "vps" } : sign));
}

/** A Mac or a PC with Windows is somebody's own machine, where nothing else is named. */
function machineSign(
  platform: NonNullable<DeploymentNames["platform"]>,
  texts: readonly { readonly name: string; readonly lines: readonly OwnLine[] }[],
): readonly WordSign[] {
  const pattern = MACHINES.find(([, one]) => one === platform)?.[0];
  for (const { name, lines } of texts)
    for (const { text, line } of lines)
      if (pattern?.test(text) === true)
        return [{ kind: "local", weight: MACHINE, source: `${name}:${line}`, quote: safeText(text, 160) }];
  return [];
}

function mentionsIn(name: string, { text, line }: OwnLine): readonly Mention[] {
  return WORDINGS.flatMap((wording) => {
    const match = wording.pattern.exec(text);
    if (match === null) return [];
    const stance = stanceOf(text, match.index, match[0].length);
    const from = Math.max(0, match.index - 40);
    const quote = safeText(text.slice(from, match.index + match[0].length + 60).trim(), 160);
    return [{ wording, stance, source: `${name}:${line}`, quote }];
  });
}

function namesByKind(
  own: readonly Mention[],
  lines: readonly OwnLine[],
): Readonly<Record<DeploymentKind, DeploymentNames>> {
  const { unit, namespace, workload, container, ...docker } = namesIn(lines);
  const port = portIn(lines);
  const platform = platformOf(own, lines);
  const ofPort = port === undefined ? {} : { port };
  const inPod = workload === undefined ? {} : { workload, ...(container === undefined ? {} : { container }) };
  const implied = (kind: DeploymentKind): DeploymentNames =>
    Object.assign(
      {},
      ...own.filter(({ wording }) => wording.kind === kind).map(({ wording }) => wording.names ?? {}),
    );
  const service = {
    ...(unit === undefined ? {} : { unit }),
    ...(platform === undefined ? {} : { platform }),
  };
  const made: Record<DeploymentKind, DeploymentNames> = {
    local: { ...implied("local"), ...service, ...ofPort },
    vps: { ...implied("local"), ...implied("vps"), ...service, ...ofPort },
    docker: dockerNames(implied("docker"), own, {
      ...docker,
      ...(container === undefined || workload !== undefined ? {} : { container }),
      ...ofPort,
    }),
    kubernetes: {
      ...implied("kubernetes"),
      ...(namespace === undefined ? {} : { namespace }),
      ...inPod,
      ...ofPort,
    },
  };
  return Object.fromEntries(DEPLOYMENT_KINDS.map((kind) => [kind, made[kind]])) as typeof made;
}

/** Upstream's Compose file is what most have: only who runs a container in another way is told to use that way. */
function dockerNames(
  implied: DeploymentNames,
  own: readonly Mention[],
  typed: DeploymentNames,
): DeploymentNames {
  const isCompose =
    typed.composeService !== undefined ||
    own.some(
      ({ wording: { kind, how }, quote }) => kind === "docker" && how !== "named" && /compose/.test(quote),
    ) ||
    own.some(({ quote }) => /\bcompose\b/i.test(quote));
  const { plainContainer, ...more } = implied;
  const isPlain = typed.container !== undefined || (plainContainer === true && !isCompose);
  return {
    ...more,
    ...typed,
    ...(isPlain && typed.composeService === undefined ? { plainContainer: true as const } : {}),
  };
}

/** The machine of the gateway: of what its service manager is, else of the only one that no browser is on. */
function platformOf(
  own: readonly Mention[],
  lines: readonly OwnLine[],
): DeploymentNames["platform"] | undefined {
  const implied = own.find(
    ({ wording: { kind, names } }) => kind === "local" && names?.platform !== undefined,
  );
  if (implied?.wording.names?.platform !== undefined) return implied.wording.names.platform;
  const named = new Set(
    lines.flatMap(({ text }) =>
      MACHINES.flatMap(([pattern, platform]) => {
        const match = pattern.exec(text);
        if (match === null) return [];
        const before = text.slice(Math.max(0, match.index - 40), match.index);
        return LOOKS_ON.test(before) || stanceOf(text, match.index, match[0].length) !== "own"
          ? []
          : [platform];
      }),
    ),
  );
  const [only] = named;
  return named.size === 1 ? only : undefined;
}
