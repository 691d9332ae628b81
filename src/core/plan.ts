import type { Exposure } from "./facts.ts";
import type { Remedy, Risk } from "./finding.ts";
import { atLeast } from "./release.ts";
import { disruptionOf as disruptionOfStep, kindOfStep, OTHER_WAY } from "./step.ts";

/** What the gateway says of the refused connection in a state. `pairs`: it is admitted, and its device is paired by that. */
export type Verdict =
  | { readonly outcome: "admitted"; readonly pairs: boolean }
  | { readonly outcome: "refused"; readonly gate: string; readonly reason?: string };

/** The model and the checks, as the planner asks them. `S`: the config, the device and the connection. */
export interface Oracle<S> {
  verdict(state: S): Verdict;
  /** Remedies for what refuses the connection in this state, each with `after` where the model has a say. */
  remedies(state: S): readonly Remedy[];
  after(state: S, remedy: Remedy): S;
}

export interface PlanOptions {
  readonly exposure: Exposure;
  /** Several people have accounts on the gateway's host. */
  readonly sharedHost: boolean;
  readonly release?: string;
  /** `--remedy`: only sets with it. */
  readonly only?: string;
  /** Something in front of all that the oracle judges ended the connection: its first verdict is of what comes behind. */
  readonly isStopped?: boolean;
  /** Remedies of which the first that is there leads, whatever else speaks for another. */
  readonly ways?: readonly string[];
}

/** Remedies that together let the connection in, in the order in which they are done. */
export interface Choice {
  readonly remedies: readonly Remedy[];
  /** Absent for the first choice. */
  readonly whyNot?: WhyNot;
}

/** Why another choice comes first. */
export type WhyNot =
  | "weakens-security"
  | "less-safe-way"
  | "grants-more"
  | "more-disruption"
  | "recommended-otherwise"
  | "more-steps"
  | "exposed";

/** A remedy that does not lead to a connection by itself or with others, and where that ends. */
export interface DeadEnd {
  readonly remedy: Remedy;
  readonly refusedAt: string;
  readonly reason?: string;
}

export interface Plan {
  readonly now: Verdict;
  /** Best first; empty when nothing that we know lets the connection in. */
  readonly choices: readonly Choice[];
  /** Choices that would let it in and are never offered: they weaken a gateway that strangers can reach. */
  readonly refused: readonly Choice[];
  readonly deadEnds: readonly DeadEnd[];
}

/** Gates that one connection can meet one after the other, and so remedies in a set. */
const MAX_SET = 4;
/** Sets looked at; a release has six gates and a gate has at most eight remedies. */
const MAX_STATES = 600;

/**
 * The smallest sets of remedies after which the model admits the connection, best first: the ways that were given,
 * what grants or weakens least, then what disturbs least, then what OpenClaw recommends for the release, then what takes fewest steps.
 * Larger sets are looked at only while no smaller one lets it in where it is, without weakening anything: a tunnel
 * or an upgrade is another way, and the page that was refused is not let in by it.
 */
export function plan<S>(start: S, oracle: Oracle<S>, options: PlanOptions): Plan {
  const now = oracle.verdict(start);
  if (now.outcome === "admitted") return { now, choices: [], refused: [], deadEnds: [] };

  const found: Candidate[] = [];
  const deadEnds: DeadEnd[] = [];
  const met = options.isStopped === true ? [] : [gateOf(now)];
  let edge: Open<S>[] = [{ state: start, remedies: [], met }];
  let states = 0;
  for (let size = 1; size <= MAX_SET && edge.length > 0; size += 1) {
    const next: Open<S>[] = [];
    for (const open of edge) {
      for (const remedy of oracle.remedies(open.state)) {
        // Without `after` the model has no say, so it is advice and not part of a plan.
        if (remedy.after === undefined || states >= MAX_STATES) continue;
        if (open.remedies.some(({ id }) => id === remedy.id)) continue;
        // One page goes one way.
        if (makesWay(remedy) && open.remedies.some(makesWay)) continue;
        states += 1;
        const state = oracle.after(open.state, remedy);
        const verdict = oracle.verdict(state);
        const remedies = [...open.remedies, remedy];
        if (verdict.outcome === "admitted")
          addCandidate(found, pruned(start, remedies, oracle, options), options.only);
        // A gate that comes back was not mended: the walk would go round. Another way that was asked for may have it too.
        else if (open.met.includes(gateOf(verdict)) && !isWantedWay(remedy, options))
          noteDeadEnd(deadEnds, remedy, verdict);
        else next.push({ state, remedies, met: [...open.met, gateOf(verdict)] });
      }
    }
    if (found.some((candidate) => !weakens(candidate) && staysOnItsWay(candidate))) break;
    edge = next;
  }

  const ranked = found
    .map((candidate) => ({ candidate, rank: rankOf(candidate, options) }))
    .sort((a, b) => compareRanks(a.rank, b.rank));
  const first = ranked.find(({ candidate }) => isAcceptable(candidate, options));
  const choices = ranked
    .filter(({ candidate }) => isAcceptable(candidate, options))
    .map(({ candidate: { remedies }, rank }) =>
      first === undefined || rank === first.rank
        ? { remedies }
        : { remedies, whyNot: whyNot(rank, first.rank) },
    );
  const refused = ranked
    .filter(({ candidate }) => !isAcceptable(candidate, options))
    .map(({ candidate: { remedies } }): Choice => ({ remedies, whyNot: "exposed" }));
  return { now, choices, refused, deadEnds };
}

/** The highest risk of a set: what has to be consented to. */
export function riskOf(remedies: readonly Pick<Remedy, "risk">[]): Risk {
  return highestRisk(remedies.map(({ risk }) => risk));
}

export function highestRisk(risks: readonly Risk[]): Risk {
  return RISKS.findLast((risk) => risks.includes(risk)) ?? "none";
}

const RISKS: readonly Risk[] = ["none", "restart", "grants-access", "weakens-security"];

interface Open<S> {
  readonly state: S;
  readonly remedies: readonly Remedy[];
  readonly met: readonly string[];
}

interface Candidate {
  readonly remedies: readonly Remedy[];
  readonly pairs: boolean;
}

/** Without what a later remedy makes needless: a tunnel goes past the proxy that was to be trusted before. */
function pruned<S>(
  start: S,
  remedies: readonly Remedy[],
  oracle: Oracle<S>,
  { only, isStopped = false }: PlanOptions,
): Candidate {
  let kept = remedies;
  for (const [index, one] of remedies.entries()) {
    // The oracle cannot tell that it gets further with what is mended in front of it.
    if (one.id === only || (isStopped && index === 0)) continue;
    const rest = kept.filter((other) => other !== one);
    if (rest.length > 0 && endOf(start, rest, oracle).outcome === "admitted") kept = rest;
  }
  const end = endOf(start, kept, oracle);
  return { remedies: kept, pairs: end.outcome === "admitted" && end.pairs };
}

function endOf<S>(start: S, remedies: readonly Remedy[], oracle: Oracle<S>): Verdict {
  return oracle.verdict(remedies.reduce((state, remedy) => oracle.after(state, remedy), start));
}

/** A set that has another one in it asks for more and gives nothing. */
function addCandidate(found: Candidate[], candidate: Candidate, only: string | undefined): void {
  if (only !== undefined && !candidate.remedies.some(({ id }) => id === only)) return;
  if (found.some((other) => contains(candidate, other))) return;
  const others = found.filter((other) => !contains(other, candidate));
  found.splice(0, found.length, ...others, candidate);
}

function contains(set: Candidate, part: Candidate): boolean {
  const ids = set.remedies.map(({ id }) => id);
  return part.remedies.every(({ id }) => ids.includes(id));
}

function gateOf(verdict: Verdict): string {
  return verdict.outcome === "admitted" ? "" : `${verdict.gate} ${verdict.reason ?? ""}`;
}

function noteDeadEnd(ends: DeadEnd[], remedy: Remedy, verdict: Verdict): void {
  if (verdict.outcome === "admitted" || ends.some((end) => end.remedy.id === remedy.id)) return;
  const { gate: refusedAt, reason } = verdict;
  ends.push(reason === undefined ? { remedy, refusedAt } : { remedy, refusedAt, reason });
}

/** Nothing weakens a gateway that strangers or other accounts reach; an exposure that is not known counts as public. */
function isAcceptable({ remedies }: Candidate, { exposure, sharedHost }: PlanOptions): boolean {
  if (!weakens({ remedies })) return true;
  return (exposure === "loopback" || exposure === "private") && !sharedHost;
}

function weakens({ remedies }: Pick<Candidate, "remedies">): boolean {
  return remedies.some(({ risk }) => risk === "weakens-security");
}

function staysOnItsWay({ remedies }: Candidate): boolean {
  return remedies.every((remedy) => disruptionOf(remedy) < OTHER_WAY);
}

function isWantedWay(remedy: Remedy, { only }: PlanOptions): boolean {
  return remedy.id === only && disruptionOf(remedy) >= OTHER_WAY;
}

/** Compared from the left; the smaller is the better. */
interface Rank {
  readonly way: number;
  readonly grants: number;
  readonly disruption: number;
  readonly unrecommended: number;
  readonly steps: number;
}

const ORDER: readonly (readonly [keyof Rank, WhyNot])[] = [
  ["way", "less-safe-way"],
  ["grants", "grants-more"],
  ["disruption", "more-disruption"],
  ["unrecommended", "recommended-otherwise"],
  ["steps", "more-steps"],
];

function rankOf({ remedies, pairs }: Candidate, { release, ways = [] }: PlanOptions): Rank {
  const ids = new Set(remedies.map(({ id }) => id));
  const way = ways.findIndex((one) => ids.has(one));
  return {
    way: way < 0 ? ways.length : way,
    // A device that gets paired on the way in is as much let in as one that is approved.
    grants: Math.max(pairs ? 1 : 0, ...remedies.map(grantsOf)),
    disruption: Math.max(...remedies.map(disruptionOf)),
    unrecommended: Math.max(...remedies.map((remedy) => unrecommended(remedy, release))),
    steps: remedies.reduce((sum, { steps }) => sum + steps.length, 0),
  };
}

function grantsOf({ risk, id }: Remedy): number {
  if (risk === "weakens-security") return 3;
  // Serve lets everybody of the tailnet in who may reach the machine (2026.4.25 on).
  if (id === "tailscale-serve" || id === "manage-tailscale-serve") return 2;
  // The link makes whoever opens it first an owner (BROWSER.md 1.10); an approval gives what was asked for.
  if (id === "open-dashboard-link") return 2;
  return risk === "grants-access" ? 1 : 0;
}

function makesWay({ steps }: Remedy): boolean {
  return steps.some((step) => kindOfStep(step).makesWay === true);
}

function disruptionOf({ risk, steps }: Remedy): number {
  return Math.max(risk === "restart" ? 1 : 0, ...steps.map(disruptionOfStep));
}

/** What OpenClaw's own documentation names first: the dashboard link from 2026.8.1 on, `devices approve` before. */
function unrecommended({ id }: Remedy, release: string | undefined): number {
  if (id === "open-dashboard-link") return atLeast(release, "2026.8.1") === true ? 0 : 1;
  return id === "approve-device" ? 0 : 1;
}

function compareRanks(a: Rank, b: Rank): number {
  for (const [part] of ORDER) if (a[part] !== b[part]) return a[part] - b[part];
  return 0;
}

function whyNot(rank: Rank, first: Rank): WhyNot {
  if (rank.grants === 3) return "weakens-security";
  return ORDER.find(([part]) => rank[part] > first[part])?.[1] ?? "more-steps";
}
