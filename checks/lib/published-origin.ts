import { isLoopbackHost } from "../../src/core/address.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Evidence, Refusal } from "../../src/core/facts.ts";
import type { Workload } from "../../src/core/workload.ts";
import { type GateFacts, insidePort } from "./explain-refusals.ts";
import { hostPorts, inspected, publishedAs, workloadOf } from "./workload.ts";

/*
 * The list of origins names the gateway's port inside the container (releases from 2026.3.1 on seed it so), and the
 * browser sees the port that it is published as: the same page, another origin.
 */

export interface PublishedOrigin {
  /** As browsers send them, for each listed origin of the inner port. */
  readonly origins: readonly string[];
  readonly listed: readonly string[];
  readonly port: number;
  readonly evidence: readonly Evidence[];
}

const ORIGIN = /^(https?):\/\/(\[[0-9a-f:]{2,45}\]|[^/:?#\s]{1,255})(?::(\d{1,5}))?$/i;

/** What has to be in the list for the port that the container is published as; `undefined` where that is not it. */
export function publishedOrigin(refusal: Refusal, facts: GateFacts): PublishedOrigin | undefined {
  const workload = workloadOf(facts.wanted.deployment);
  const config = knownValue(facts.wanted.config);
  const present = config?.effective.gateway?.controlUi?.allowedOrigins ?? [];
  const inside = insidePort(facts);
  if (workload === undefined || hostPorts(workload, inside).includes(inside)) return undefined;
  const port = portSeen(refusal, facts, workload, inside);
  if (port === undefined) return undefined;
  const listed = present.filter((origin) => portOf(origin) === inside && isLocal(origin));
  const origins = listed
    .map((origin) => origin.replace(/:\d{1,5}$/, `:${port}`))
    .filter((origin) => !present.includes(origin));
  if (origins.length === 0) return undefined;
  return {
    origins,
    listed,
    port,
    evidence: [
      inspected(workload, publishedAs(workload)),
      { fact: "config", source: "gateway.controlUi.allowedOrigins", quote: listed.join(", ") },
    ],
  };
}

/** The port of the refused page, when it is one that the container is published as. */
function portSeen(
  { connection, from }: Refusal,
  { wanted }: GateFacts,
  workload: Workload,
  inside: number,
): number | undefined {
  const ports = hostPorts(workload, inside);
  const supposed = from === "model" ? knownValue(wanted.assessment)?.connection.headers.origin : undefined;
  const origin = connection.headers?.origin ?? supposed;
  const port = origin === undefined ? undefined : portOf(origin);
  return port !== undefined && ports.includes(port) ? port : undefined;
}

function portOf(origin: string): number | undefined {
  const match = ORIGIN.exec(origin);
  if (match === null) return undefined;
  return match[3] === undefined ? (match[1]?.toLowerCase() === "https" ? 443 : 80) : Number(match[3]);
}

function isLocal(origin: string): boolean {
  const host = ORIGIN.exec(origin)?.[2];
  return host !== undefined && isLoopbackHost(host);
}

/** Nobody has come yet: the host's own two names for the published port, which is what 2026.3.1 fills in by itself. */
export function localOrigins(facts: GateFacts): readonly string[] {
  const workload = workloadOf(facts.wanted.deployment);
  const port = workload === undefined ? undefined : hostPorts(workload, insidePort(facts))[0];
  return port === undefined ? [] : [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
}
