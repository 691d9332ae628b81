import { knownValue } from "../../src/core/fact.ts";
import type { Refusal } from "../../src/core/facts.ts";
import type { Remedy, Step } from "../../src/core/finding.ts";
import { type FrontLack, frontOf, isFrontProgram } from "../../src/core/proxies.ts";
import { type GateFacts, originOf, portOf, releaseOf } from "./explain-refusals.ts";
import { allowOrigin, triedAlways } from "./remedies.ts";

/**
 * The file of the proxy at the refused page's origin, with what its way to the gateway lacks. It tells the gateway of the
 * client from then on, so it has to be trusted, and its origin allowed. `undefined`: no such file was read, or it lacks
 * nothing that keeps a page out, or not what it is asked for (`lacking`).
 */
export function mendedFront(
  id: string,
  refusal: Refusal,
  facts: GateFacts,
  lacking?: FrontLack,
): Remedy | undefined {
  const origin = originOf(refusal, facts);
  const { front } = knownValue(facts.wanted.deployment) ?? {};
  const config = knownValue(facts.wanted.config)?.effective;
  const found = origin === undefined ? undefined : frontOf(origin, front?.fronts ?? []);
  const program = front?.programs.find(({ proxy }) => proxy === found?.proxy);
  if (origin === undefined || found === undefined || program === undefined || config === undefined)
    return undefined;
  const { proxy, file, lacks } = found;
  // Of the others the configuration is only read.
  if (!isFrontProgram(proxy)) return undefined;
  if (!lacks.some((lack) => (lacking === undefined ? lack !== "idle-timeout" : lack === lacking)))
    return undefined;
  const { trustedProxies = [], controlUi } = config.gateway ?? {};
  const steps: readonly Step[] = [
    { do: "proxy.edit", proxy, path: file, port: portOf(facts), adds: lacks },
    {
      do: "config.set",
      key: "gateway.trustedProxies",
      value: [...new Set([...trustedProxies, "127.0.0.1"])],
    },
    ...allowOrigin(releaseOf(facts), controlUi?.allowedOrigins, origin),
    { do: "proxy.reload", proxy, config: program.config },
  ];
  return triedAlways({ id, risk: "restart", steps }, refusal, facts);
}
