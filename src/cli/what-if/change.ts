import { applySteps, keyStatus } from "../../admission/trial.ts";
import type { AdmissionInput, Connection } from "../../core/connection.ts";
import type { JsonValue, Step } from "../../core/finding.ts";
import { safeText } from "../../core/text.ts";
import { UsageError } from "../usage-error.ts";
import type { Via } from "./vias.ts";

export interface Change {
  /** `PATH=VALUE`; VALUE is JSON, or text when it is none. */
  readonly set: readonly string[];
  readonly unset: readonly string[];
  readonly release?: string;
  readonly via?: Via;
}

/** The input after the change. @throws {UsageError} a `--set` without `=`. */
export function changed(input: AdmissionInput, { set, unset, release, via }: Change): AdmissionInput {
  const steps: Step[] = [
    ...set.map(setStep),
    ...unset.map((key): Step => ({ do: "config.unset", key: key.trim() })),
  ];
  // The release first: which keys there are depends on it.
  const next = applySteps(release === undefined ? input : { ...input, release }, steps);
  return via === undefined ? next : { ...next, connection: routed(next, via) };
}

/** Sentences about keys of `--set` that do nothing in this input's release, which would else go unseen. */
export function idleKeys({ release }: AdmissionInput, { set }: Change): string[] {
  return set.flatMap((text) => {
    const key = text.slice(0, Math.max(text.indexOf("="), 0)).trim();
    const status = keyStatus(release, key);
    if (status === "works") return [];
    const name = safeText(key, 120);
    return status === "unknown-key"
      ? [`${release} does not know ${name}; it was left out`]
      : [`${name} has no effect in ${release}`];
  });
}

function setStep(text: string): Step {
  const at = text.indexOf("=");
  const key = text.slice(0, at).trim();
  if (at < 1 || key === "") {
    throw new UsageError(
      `--set ${JSON.stringify(text.slice(0, 60))}`,
      "there is no PATH=VALUE in it",
      "for example --set gateway.bind=lan",
    );
  }
  const raw = text.slice(at + 1);
  let value: JsonValue = raw;
  try {
    value = JSON.parse(raw) as JsonValue;
  } catch {
    // Plain text: `--set gateway.bind=lan`.
  }
  return { do: "config.set", key, value };
}

const FORWARDING = /^(?:forwarded|x-real-ip|x-forwarded-|tailscale-)/;

/** The same client by another way: what the gateway then sees of it (rig paths of the measurement). */
export function routed({ connection, config }: AdmissionInput, via: Via): Connection {
  const port = config.gateway?.port ?? 18789;
  const own = Object.fromEntries(
    Object.entries(connection.headers).filter(([name]) => !FORWARDING.test(name)),
  );
  const browser = connection.headers.origin !== undefined;
  const at = (host: string, origin = `http://${host}`) => ({ ...own, host, ...(browser ? { origin } : {}) });
  const local = `127.0.0.1:${port}`;
  switch (via) {
    case "direct":
    case "ssh":
    case "port-forward":
      // All three arrive from loopback.
      return { ...connection, remoteAddress: "127.0.0.1", headers: at(local) };
    case "docker":
      return { ...connection, remoteAddress: "172.17.0.1", headers: at(local) };
    case "lan":
      return { ...connection, remoteAddress: "192.168.1.2", headers: at(`192.168.1.10:${port}`) };
    case "proxy":
      return {
        ...connection,
        remoteAddress: "127.0.0.1",
        headers: {
          ...at("claw.example.com", "https://claw.example.com"),
          "x-forwarded-for": "203.0.113.7",
          "x-forwarded-proto": "https",
        },
      };
    case "tailscale":
      return {
        ...connection,
        remoteAddress: "127.0.0.1",
        headers: {
          ...at("claw.example.ts.net", "https://claw.example.ts.net"),
          "x-forwarded-for": "100.64.0.7",
          "x-forwarded-proto": "https",
          "x-forwarded-host": "claw.example.ts.net",
        },
      };
  }
}
