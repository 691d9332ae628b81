import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { DeviceList, Refusal } from "../src/core/facts.ts";
import type { Occurrence, Remedy } from "../src/core/finding.ts";
import type { AsideEvent, LogEvent } from "../src/core/log-event.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { ownWords, say } from "../src/core/saying.ts";
import type { Workload } from "../src/core/workload.ts";
import { args } from "./lib/explain-refusals.ts";
import { human } from "./lib/remedies.ts";
import { inspected, isPod, workloadOf } from "./lib/workload.ts";

/** So many devices of one client are no longer several people. */
const SEVERAL = 3;
/** The list holds what years brought, and browsers of one kind are many. */
const MANY = 5;

/** Each start makes a new key, so each start is a new device, and no approval lasts. */
export default defineCheck({
  id: "client-identity-not-persisted",
  code: "OPD216",
  title: "Clients keep their device identity across restarts",
  severity: "error",
  needs: [],
  wants: ["logs", "refusals", "devices", "deployment"],
  diagnose({ wanted }) {
    const events = knownValue(wanted.logs)?.events ?? [];
    const refusals = knownValue(wanted.refusals) ?? [];
    const waiting = refusals.filter(isOfNewDevice);
    const told = events.filter(
      (event): event is AsideEvent => event.type === "aside" && event.about === "client-identity",
    );
    const changing = waiting.find((refusal) => changes(refusal, events));
    if (changing !== undefined) return [inLog(changing, refusals.indexOf(changing), events)];
    if (told.length > 0) return [inWords(told, refusals)];
    const workload = workloadOf(wanted.deployment);
    // Whom one pod let in is a stranger to the next one now, and to all of them after the next roll-out.
    const apart = workload === undefined ? undefined : separateReplicas(workload);
    const goes = workload === undefined ? undefined : unpersisted(workload);
    const kept = [apart, goes].filter((one) => one !== undefined);
    if (kept.length > 0) return kept;
    const grown = grownList(knownValue(wanted.devices));
    return grown === undefined ? [] : [grown];
  },
});

function isOfNewDevice({ gate, reason, over }: Refusal): boolean {
  return gate === "pairing" && !over && (reason === undefined || reason === "not-paired");
}

function changes(refusal: Refusal, events: readonly LogEvent[]): boolean {
  // Two are two browsers of one kind, as everybody has them.
  return (refusal.devices ?? []).length >= SEVERAL || approvedBefore(refusal, events);
}

/** Approved, and back as another one, more than once: of two devices either may be a second person's. */
function approvedBefore({ devices = [] }: Refusal, events: readonly LogEvent[]): boolean {
  const earlier = devices.slice(0, -1);
  const approved = events.flatMap((event) =>
    event.type === "pairing" && event.action === "approved" && event.deviceId !== undefined
      ? [event.deviceId]
      : [],
  );
  return new Set(approved.filter((id) => earlier.includes(id))).size > 1;
}

/** Several browsers of one version look like one browser that forgets; a client of the host does not. */
function inLog(refusal: Refusal, index: number, events: readonly LogEvent[]): Occurrence {
  const devices = refusal.devices ?? [];
  const sure = approvedBefore(refusal, events) || refusal.client === "cli" || refusal.client === "node";
  const shown = devices.slice(-3).map((id) => `${id.slice(0, 12)}…`);
  return {
    confidence: sure ? "likely" : "possible",
    ...(sure ? { rank: index - 0.5 } : { severity: "warning" }),
    evidence: [...refusal.evidence],
    args: args({ count: devices.length, detail: shown.join(", ") }),
    count: refusal.count,
    remedies: [keepIdentity()],
  };
}

function inWords(told: readonly AsideEvent[], refusals: readonly Refusal[]): Occurrence {
  const refused = refusals.findIndex(isOfNewDevice);
  return {
    confidence: "possible",
    ...(refused === -1 ? { severity: "warning" } : { rank: refused - 0.5 }),
    evidence: told.slice(-2).map(evidenceOf),
    remedies: [keepIdentity()],
  };
}

function grownList(list: DeviceList | undefined): Occurrence | undefined {
  const byKind = new Map<string, string[]>();
  for (const { client, platform, deviceId } of [...(list?.paired ?? []), ...(list?.pending ?? [])]) {
    if (client === undefined) continue;
    const kind = `${client} ${platform ?? ""}`.trim();
    byKind.set(kind, [...(byKind.get(kind) ?? []), deviceId]);
  }
  const [kind, ids] = [...byKind].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  const count = new Set(ids).size;
  if (kind === undefined || count < MANY) return undefined;
  return {
    severity: "warning",
    confidence: "possible",
    evidence: [{ fact: "devices", source: "devices", ...ownWords(say("devices-of", { count, kind })) }],
    args: args({ count, detail: kind }),
    remedies: [keepIdentity()],
  };
}

/** Where what goes is, in the words of the evidence. */
const GOES = { tmpfs: "state-in-tmpfs", layer: "state-in-layer", pod: "state-in-pod" } as const;

/** The list of devices itself goes with the container, so every approval ends with its next update. */
function unpersisted(workload: Workload): Occurrence | undefined {
  const { stateDir, name } = workload;
  if (stateDir === undefined || stateDir.on === "mount") return undefined;
  const { path } = stateDir;
  const evidence = [inspected(workload, say(GOES[stateDir.on], { path }))];
  if (isPod(workload))
    return {
      variant: "unpersisted-pod",
      severity: "warning",
      confidence: "certain",
      evidence,
      args: args({ path, container: name }),
      remedies: [{ id: "keep-gateway-state", risk: "restart", steps: [human("mount-claim", { path })] }],
    };
  return {
    variant: "unpersisted",
    severity: "warning",
    confidence: "certain",
    evidence,
    args: args({ path, container: name }),
    remedies: [
      {
        id: "keep-gateway-state",
        risk: "restart",
        steps: [human("copy-state-out", { container: name, path }), human("mount-state", { path })],
      },
    ],
  };
}

/** Replicas that each have their own list of devices: who was approved on one is a stranger to the next. */
function separateReplicas(workload: Workload): Occurrence | undefined {
  const { others, name } = workload;
  if (!isPod(workload)) return undefined;
  const apart = others.filter(({ state, sharesState }) => state === "running" && sharesState !== true);
  if (apart.length === 0) return undefined;
  return {
    variant: "replicas",
    severity: "warning",
    confidence: "certain",
    evidence: [
      inspected(
        workload,
        `${name} and ${apart.map((one) => one.name).join(", ")} have state directories of their own`,
      ),
    ],
    args: args({ count: apart.length + 1 }),
    remedies: [{ id: "one-replica", risk: "restart", steps: [human("scale-to-one")] }],
  };
}

function keepIdentity(): Remedy {
  return {
    id: "keep-identity",
    risk: "none",
    steps: [human("keep-state"), { do: "device.list" }, human("remove-stale-devices")],
  };
}
