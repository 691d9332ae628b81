import type { ComposeProject, ComposeService } from "../../compose/project.ts";
import { isGatewayCommand } from "../../config/flags.ts";
import { DEFAULT_PORT } from "../../core/default-port.ts";
import { safeText } from "../../core/text.ts";

/** What a project says of OpenClaw. */
export interface ComposeSigns {
  /** The file as people call it: its name, in the directory that it was found in. */
  readonly file: string;
  /** Service that runs the gateway. */
  readonly service: string;
  /** Service that runs the CLI, when there is one. */
  readonly cliService?: string;
  /** `container_name` of the gateway's service. */
  readonly container?: string;
  /** Host addresses of its published ports; `0.0.0.0` where none is given. */
  readonly publishedOn: readonly string[];
}

/** Finds the gateway's and the CLI's service by image, command and name. */
export function composeSigns({ services, files }: ComposeProject): ComposeSigns | undefined {
  const named = services.filter(isOurs);
  // An image of somebody's own says nothing: what it runs, and the port, do.
  const ours = named.length > 0 ? named : services.filter(isOursByUse);
  const gateway =
    ours.find(runsGateway) ??
    ours.find(({ name }) => /gateway/.test(name)) ??
    ours.find((one) => !isCli(one));
  if (gateway === undefined) return undefined;
  const cli = cliServiceOf(ours, gateway.name);
  const { containerName: container, ports } = gateway;
  return {
    file: safeText(files[0]?.split(/[\\/]/).at(-1) ?? "", 100),
    service: gateway.name,
    ...(cli === undefined ? {} : { cliService: cli.name }),
    ...(container !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/.test(container) ? { container } : {}),
    publishedOn: [...new Set(ports.map(({ address }) => address))],
  };
}

/** The service of OpenClaw's CLI beside the gateway's. */
export function cliServiceOf(
  services: readonly ComposeService[],
  gateway: string,
): ComposeService | undefined {
  return services.find((service) => isOurs(service) && service.name !== gateway && isCli(service));
}

function isOurs({ name, image = "" }: ComposeService): boolean {
  return /(?:openclaw|clawdbot|moltbot)/i.test(name) || /(?:openclaw|clawdbot|moltbot)/i.test(image);
}

function isOursByUse({ command, entrypoint, ports }: ComposeService): boolean {
  return isGatewayCommand([...entrypoint, ...command]) || ports.some(({ target }) => target === DEFAULT_PORT);
}

function runsGateway({ command, entrypoint }: ComposeService): boolean {
  return isGatewayCommand([...entrypoint, ...command]) || [...entrypoint, ...command].includes("gateway");
}

function isCli({ name, networkMode = "" }: ComposeService): boolean {
  return /(?:^|[-_])cli(?:[-_]|$)/.test(name) || networkMode.startsWith("service:");
}
