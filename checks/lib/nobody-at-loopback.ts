import { isLoopbackHost } from "../../src/core/address.ts";
import type { Fact } from "../../src/core/fact.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Confidence, Refusal } from "../../src/core/facts.ts";
import type { ClientErrorEvent, LogDigest, LogEvent } from "../../src/core/log-event.ts";
import { isOfLine } from "../../src/core/log-parts.ts";
import { type GateFacts, insidePort } from "./explain-refusals.ts";
import { hostPorts, workloadOf } from "./workload.ts";

/*
 * Clients that met nobody at a loopback address, though a gateway is up: in another network namespace, or at
 * another port than the one that the gateway listens on.
 */

export interface Missed {
  readonly event: ClientErrorEvent;
  readonly confidence: Confidence;
}

type Facts = Pick<GateFacts, "wanted"> & { readonly wanted: { readonly logs: Fact<LogDigest> } };

/** Refused sockets, and the close without a frame that the CLI makes of one (up to 2026.3.13). */
const NOBODY: ReadonlySet<string> = new Set(["refused", "abnormal-closure"]);

function missedOnLoopback(events: readonly LogEvent[]): ClientErrorEvent[] {
  return events.filter(
    (event): event is ClientErrorEvent =>
      event.type === "client-error" &&
      event.gate === "transport" &&
      NOBODY.has(event.why ?? "") &&
      (event.from === "cli" || event.from === "tool") &&
      loopbackOf(event) !== undefined,
  );
}

/** `127.0.0.1:18789`, as the block or the socket's error names it. */
function loopbackOf({ target, message }: ClientErrorEvent): string | undefined {
  const host =
    /^wss?:\/\/([^/?#]{1,260})/.exec(target ?? "")?.[1] ??
    /ECONNREFUSED ([\w.[\]:]{1,60}:\d{1,5})\b/.exec(message)?.[1];
  return host !== undefined && isLoopbackHost(host) ? host : undefined;
}

export function urlOf(event: ClientErrorEvent): string | undefined {
  const host = loopbackOf(event);
  return event.target ?? (host === undefined ? undefined : `ws://${host}`);
}

function portOf(event: ClientErrorEvent): number | undefined {
  const digits = /:(\d{1,5})$/.exec(loopbackOf(event) ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Compose names services of the CLI so; the gateway's container is never one. */
function isCliService(via: string | undefined): boolean {
  return via !== undefined && /(?:^|[-_./])cli(?:[-_./]|$)/i.test(via);
}

/** The gateway wrote something, or somebody reached it, and its last start did not fail. */
function isUp(logs: LogDigest): boolean {
  const starts = logs.events.filter(
    (event) =>
      event.type === "startup-failed" ||
      // With a release alone it is the banner of any command.
      (event.type === "startup" && (event.port !== undefined || event.release === undefined)),
  );
  if (starts.length > 0) return starts.at(-1)?.type === "startup";
  return (
    logs.refusals.some(({ gate }) => gate !== "left") ||
    logs.events.some((event) => isAnswer(event) || (event.type === "aside" && event.about === "page-served"))
  );
}

/** Words that only a gateway that answers brings about. */
function isAnswer(event: LogEvent): boolean {
  if (event.type === "client-error")
    return event.gate !== undefined && event.gate !== "transport" && event.gate !== "unknown";
  return event.type === "connected" || event.type === "unauthorized" || event.type === "pairing";
}

/** The CLI's own container: what it calls 127.0.0.1 is itself. */
export function inOtherNetns({ wanted }: Facts): readonly Missed[] {
  const logs = knownValue(wanted.logs);
  if (logs === undefined) return [];
  const up = isUp(logs) || knownValue(wanted.config)?.effective.gateway?.bind === "lan";
  return missedOnLoopback(logs.events)
    .filter(({ via }) => isCliService(via))
    .map((event) => ({ event, confidence: up ? "likely" : "possible" }));
}

/** A state directory in a state directory: OPENCLAW_HOME or HOME names the inner one already. */
const NESTED = /\.(?:openclaw|clawdbot|moltbot)[\\/]\.(?:openclaw|clawdbot|moltbot)(?:[\\/]|$)/;

export interface Astray extends Missed {
  readonly why: "nested" | "port" | "other-home" | "remote-without-url";
  /** Where the gateway listens, when that is what differs. */
  readonly port?: number;
  /** That is where its container is published. */
  readonly published?: true;
}

/** CLIs that read another configuration than the gateway's, as far as their words or its port show it. */
export function withOtherConfig(facts: Facts): readonly Astray[] {
  const logs = knownValue(facts.wanted.logs);
  if (logs === undefined) return [];
  const nobody = new Set(missedOnLoopback(logs.events));
  const contained = knownValue(facts.wanted.deployment)?.traits.contained === true;
  return logs.events.flatMap((event): Astray[] => {
    if (event.type !== "client-error" || event.gate === undefined) return [];
    const { configPath = "", gate, targetSource = "" } = event;
    if (NESTED.test(configPath))
      return [{ event, why: "nested", confidence: gate === "transport" ? "likely" : "possible" }];
    const outside = nobody.has(event) ? publishedPort(event, facts) : undefined;
    if (outside !== undefined)
      return [{ event, why: "port", port: outside, published: true, confidence: "likely" }];
    const listens = nobody.has(event) ? otherPort(event, logs, facts) : undefined;
    if (listens !== undefined) return [{ event, why: "port", port: listens, confidence: "likely" }];
    if (gate === "transport" && targetSource.startsWith("missing gateway.remote.url"))
      return [{ event, why: "remote-without-url", confidence: "likely" }];
    // The official image's gateway is the user node; another user there has a home, and a config, of its own.
    const stranger =
      contained && configPath.startsWith("/root/") && (gate === "shared-auth" || nobody.has(event));
    return stranger ? [{ event, why: "other-home", confidence: "possible" }] : [];
  });
}

/** Outside of the container the gateway is where it is published, whatever it calls its own port. */
function publishedPort(event: ClientErrorEvent, facts: Facts): number | undefined {
  const dialled = portOf(event);
  const ports = publishedPorts(event, facts);
  return dialled === undefined || ports.includes(dialled) ? undefined : ports[0];
}

function publishedPorts({ source }: ClientErrorEvent, { wanted }: Facts): readonly number[] {
  const workload = workloadOf(wanted.deployment);
  const inside = knownValue(wanted.logs)?.sources.some((one) => one.inside === true && one.name === source);
  return workload === undefined || inside === true ? [] : hostPorts(workload, insidePort({ wanted }));
}

/** The port of the gateway's last start, or of its config, when the client dialled another one. */
function otherPort(event: ClientErrorEvent, logs: LogDigest, facts: Facts): number | undefined {
  const dialled = portOf(event);
  if (dialled === undefined) return undefined;
  if (publishedPorts(event, facts).includes(dialled)) return undefined;
  const listened = [
    // From 2026.4.10 on the gateway writes the address that a refused client had dialled.
    ...logs.refusals.flatMap(({ latest }) => {
      const port = /->.{1,60}:(\d{1,5})$/.exec(latest.peer ?? "")?.[1];
      return port === undefined ? [] : [Number(port)];
    }),
    ...logs.events.flatMap((other) =>
      other.type === "startup" && other.port !== undefined ? [other.port] : [],
    ),
  ];
  if (listened.length > 0) {
    return !isUp(logs) || listened.includes(dialled) ? undefined : listened.at(-1);
  }
  const configured = knownValue(facts.wanted.config)?.effective.gateway?.port;
  return configured === undefined || configured === dialled ? undefined : configured;
}

/** Place of the refusal among all: the checks of one refusal rank alike. */
export function rankOf(event: ClientErrorEvent, refusals: readonly Refusal[]): number {
  const index = refusals.findIndex(({ evidence }) => evidence.some((one) => isOfLine(one, event)));
  return index < 0 ? refusals.findIndex(({ gate }) => gate === event.gate) : index;
}

/** Whether a client of this refusal may have looked for the gateway elsewhere. */
export function mayBeElsewhere({ evidence }: Refusal, facts: Facts): boolean {
  const known = [...inOtherNetns(facts), ...withOtherConfig(facts)];
  return known.some(({ event }) => evidence.some((one) => isOfLine(one, event)));
}

/** The gateway is up, and every client of this refusal looked for it elsewhere. */
export function isElsewhere(refusal: Refusal, facts: Facts): boolean {
  const logs = knownValue(facts.wanted.logs);
  if (refusal.from !== "client" || logs === undefined || !isUp(logs)) return false;
  const known = [...inOtherNetns(facts), ...withOtherConfig(facts)]
    .filter(({ confidence }) => confidence === "likely")
    .map(({ event }) => event);
  const { evidence } = refusal;
  return evidence.length > 0 && evidence.every((one) => known.some((event) => isOfLine(one, event)));
}
