import type { DeploymentNames } from "../../core/facts.ts";
import type { NameSigns } from "../kind.ts";
import type { ComposeSigns } from "./services.ts";

/** Names of `openclaw-gateway-1 |`, which Compose writes in front of lines. */
export function namesFromPrefixes(
  prefixes: readonly string[],
): Pick<DeploymentNames, "composeService" | "container"> {
  const found = prefixes.map(composeServiceOf).filter((one) => one !== undefined);
  const service = found[0]?.service;
  const container = found.find((one) => one.container !== undefined)?.container;
  return {
    ...(service === undefined ? {} : { composeService: service }),
    ...(container === undefined ? {} : { container }),
  };
}

/**
 * The service of `openclaw-gateway-1` (Compose prints that in front of lines), or of a whole container name such
 * as `openclaw-openclaw-gateway-1` or `openclaw_openclaw-gateway_1`.
 */
export function composeServiceOf(
  text: string,
): { readonly service: string; readonly container?: string } | undefined {
  const match = /^([a-z0-9][a-z0-9._-]{0,100}?)[-_](\d{1,3})$/.exec(text);
  const name = match?.[1];
  if (name === undefined || !/(?:openclaw|clawdbot|moltbot|gateway)/.test(name)) return undefined;
  const known = /^(?:(.{1,60})[-_])?((?:openclaw|clawdbot|moltbot)-(?:gateway|cli))$/.exec(name);
  // Only with upstream's service names is it plain where the project ends and the service begins.
  if (known?.[2] !== undefined) {
    const service = known[2].replace(/-cli$/, "-gateway");
    return known[1] === undefined ? { service } : { service, container: text };
  }
  return { service: name };
}

export function namesFromCompose(compose: ComposeSigns | undefined): DeploymentNames {
  if (compose === undefined) return {};
  const { service, cliService, container } = compose;
  return {
    composeService: service,
    ...(cliService === undefined ? {} : { composeCliService: cliService }),
    ...(container === undefined ? {} : { container }),
  };
}

/** The container of the only gateway that runs in one, where the log does not name its service. */
export function soleContainer({ container, prefixes }: Pick<NameSigns, "container" | "prefixes">): {
  readonly container?: string;
} {
  const named = namesFromPrefixes(prefixes).composeService !== undefined;
  return container === undefined || named ? {} : { container };
}
