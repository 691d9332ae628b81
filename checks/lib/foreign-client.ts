import type { Confidence, Refusal } from "../../src/core/facts.ts";
import { isLoopbackOrigin } from "./addresses.ts";

/** A client that is not OpenClaw's own, by what it sent; `posing`: under the Control UI's id. */
export interface Foreign {
  readonly as: "posing" | "other";
  readonly confidence: Confidence;
}

/**
 * OpenClaw's own page signs at https and on localhost in every release, and up to 2026.7.35 it has no device identity
 * elsewhere (BROWSER.md 1.2). So a refusal for the lack of one at such an address, or of what is no browser at all
 * and yet sends an Origin or a User-Agent, is another program's; OpenClaw's CLI and nodes send neither.
 */
export function foreignClient(refusal: Refusal): Foreign | undefined {
  const { gate, from, client, connection } = refusal;
  if (gate !== "device-identity" || from === "probe" || from === "model") return undefined;
  const { origin, host, "user-agent": agent } = connection.headers ?? {};
  const script = isScript(agent) || (host !== undefined && origin !== undefined && agent === undefined);
  if (posesAsPage(refusal)) {
    if (script) return { as: "posing", confidence: "certain" };
    return origin !== undefined && isSecure(origin) ? { as: "posing", confidence: "likely" } : undefined;
  }
  if (client === "cli" || client === "node") return undefined;
  if (script) return { as: "other", confidence: "likely" };
  // A page that another server serves, and that does not say that it is the Control UI.
  const elsewhere = origin !== undefined && host !== undefined && hostOf(origin) !== host.toLowerCase();
  return elsewhere ? { as: "other", confidence: "possible" } : undefined;
}

/** The program that the User-Agent names: `node`, `python-requests/2.32`; browsers are not worth naming. */
export function programOf({ connection }: Refusal): string | undefined {
  const agent = connection.headers?.["user-agent"];
  return isScript(agent) ? /^[^\s();]{1,40}/.exec(agent ?? "")?.[0] : undefined;
}

/** The gateway has a wording of its own for the Control UI's id. */
function posesAsPage({ closeReason = "", detailCode = "", connection }: Refusal): boolean {
  if (connection.client?.id === "openclaw-control-ui") return true;
  return /control[ _-]ui/i.test(`${closeReason} ${detailCode}`);
}

/** OkHttp is what OpenClaw's Android app speaks through. */
function isScript(agent: string | undefined): boolean {
  return agent !== undefined && !/^(?:Mozilla|okhttp)\//.test(agent);
}

function isSecure(origin: string): boolean {
  return /^https:\/\//i.test(origin) || isLoopbackOrigin(origin);
}

function hostOf(origin: string): string | undefined {
  return /^[a-z]{2,5}:\/\/([^/?#]{1,260})/i.exec(origin)?.[1]?.toLowerCase();
}
