import { applySteps, keyStatus, upgraded } from "../../../admission/try-remedy.ts";
import { bad, type Parsed, parsed, shownWord } from "../../../core/bad-input.ts";
import type { AdmissionInput, Connection } from "../../../core/connection.ts";
import { DEFAULT_PORT } from "../../../core/default-port.ts";
import type { JsonValue, Step } from "../../../core/finding.ts";
import { parseBoundedJson } from "../../../core/json.ts";
import { DOCKER_BRIDGE } from "../../../core/networks.ts";
import { type Saying, say } from "../../../core/saying.ts";
import { safeText } from "../../../core/text.ts";
import type { Via } from "./vias.ts";

type SetStep = Extract<Step, { readonly do: "config.set" }>;

export interface Change {
  readonly set: readonly SetStep[];
  readonly unset: readonly string[];
  readonly release?: string;
  readonly via?: Via;
}

/** The input after the change. */
export function changed(input: AdmissionInput, { set, unset, release, via }: Change): AdmissionInput {
  const steps: Step[] = [...set, ...unset.map((key): Step => ({ do: "config.unset", key: key.trim() }))];
  // The release first: which keys there are depends on it.
  const moved = release === undefined || release === input.release ? input : upgraded(input, release);
  const next = applySteps(moved, steps);
  return via === undefined ? next : { ...next, connection: routed(next, via) };
}

/** Sentences about keys of `--set` that do nothing in this input's release, which would else go unseen. */
export function idleKeys({ release }: AdmissionInput, { set }: Change): Saying[] {
  return set.flatMap(({ key }) => {
    const status = keyStatus(release, key);
    if (status === "works") return [];
    const name = safeText(key, 120);
    return status === "unknown-key"
      ? [say("key-left-out", { release, key: name })]
      : [say("key-no-effect", { release, key: name })];
  });
}

/** `PATH=VALUE`; VALUE is JSON, or text when it is none. */
export function parseSetting(text: string): Parsed<SetStep> {
  const at = text.indexOf("=");
  const key = text.slice(0, at).trim();
  if (at < 1 || key === "") {
    return bad(
      `--set ${shownWord(text)}`,
      say("no-path-value"),
      say("for-example", { example: "--set gateway.bind=lan" }),
    );
  }
  const raw = text.slice(at + 1);
  const json = parseBoundedJson(raw);
  // Plain text: `--set gateway.bind=lan`.
  return parsed({ do: "config.set", key, value: json === undefined ? raw : (json as JsonValue) });
}

const FORWARDING = /^(?:forwarded|x-real-ip|x-forwarded-|tailscale-)/;

/** The same client by another way: what the gateway then sees of it (rig paths of the measurement). */
export function routed({ connection, config }: AdmissionInput, via: Via): Connection {
  const port = config.gateway?.port ?? DEFAULT_PORT;
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
      return { ...connection, remoteAddress: DOCKER_BRIDGE, headers: at(local) };
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
