import type { JsonValue } from "./json.ts";
import type { FrontLack, FrontProgram } from "./proxies.ts";
import type { MessageArgs } from "./saying.ts";

export type Step =
  | { readonly do: "config.set"; readonly key: string; readonly value: JsonValue }
  /** `refused`: the release does not start with the key, and its own `config unset` refuses it too. */
  | { readonly do: "config.unset"; readonly key: string; readonly refused?: true }
  | { readonly do: "device.list" }
  /** `requestId` absent: the user takes it from `devices list`. Never "latest". */
  | { readonly do: "device.approve"; readonly requestId?: string }
  /** Takes the one request away; the device may ask again. */
  | { readonly do: "device.reject"; readonly requestId: string }
  /** Ends the pairing; the device has to ask again. */
  | { readonly do: "device.remove"; readonly deviceId: string }
  | { readonly do: "dashboard.link"; readonly json: boolean }
  | { readonly do: "token.show" }
  | { readonly do: "gateway.start" }
  /**
   * `afresh`: a person changed what its container or service is made with (environment, mounts), which a restart of a
   * Compose service's container keeps as it was.
   */
  | { readonly do: "gateway.restart"; readonly afresh?: true }
  /** OpenClaw's own command writes the unit of its service anew, by what openclaw.json says now, and starts it. */
  | { readonly do: "service.reinstall" }
  | { readonly do: "gateway.status" }
  /** Prints the release of OpenClaw that runs there. */
  | { readonly do: "version.show" }
  | { readonly do: "logs.show" }
  | { readonly do: "doctor.fix" }
  /** A new token from the same client; the old one ends at once. In every release (run: 2026.2.1, 2026.3.13, 2026.9.6). */
  | { readonly do: "device.rotate"; readonly deviceId: string; readonly role: string }
  /** Writes a random token into openclaw.json; it is in no other place. */
  | { readonly do: "token.generate" }
  /**
   * Gives a variable in an env file the value of gateway.auth.token in openclaw.json; `OPENCLAW_GATEWAY_TOKEN` when
   * none is named. `on`: the file is the doctor's machine's, though the gateway is in a container.
   */
  | {
      readonly do: "token.copy";
      readonly path: string;
      readonly variable?: string;
      readonly on?: "this-machine";
      /** Where the file does not have the variable, or is not there, it gets it. */
      readonly adds?: true;
    }
  /** Changes a service in a Compose file of the doctor's machine; comments and everything else of it stay. */
  | {
      readonly do: "compose.edit";
      readonly file: string;
      readonly service: string;
      readonly change: ComposeChange;
    }
  /** Makes the container of a Compose service anew where its files say something else than it was made with. */
  | { readonly do: "compose.up"; readonly service: string }
  | { readonly do: "tailscale.serve" }
  /** Looks whether this machine is on a tailnet. `name`: its MagicDNS name, where that is known already. */
  | { readonly do: "tailscale.status"; readonly name?: string }
  /** Writes the site file of a proxy with HTTPS; prints it where no `path` is named. `site` absent: no domain is known. */
  | {
      readonly do: "proxy.write";
      readonly site?: ProxySite;
      readonly path?: string;
      /** The file is the proxy's own, and gets the site at its end. */
      readonly adds?: true;
    }
  /** Gives the ways to the gateway's port in a file of a proxy's what they lack; everything else of it stays. */
  | {
      readonly do: "proxy.edit";
      readonly proxy: FrontProgram;
      readonly path: string;
      readonly port: number;
      readonly adds: readonly FrontLack[];
    }
  /** The proxy's own check of its configuration, and when that is right, it is read anew. `config`: its main file. */
  | { readonly do: "proxy.reload"; readonly proxy: FrontProgram; readonly config: string }
  | { readonly do: "ssh.tunnel"; readonly port: number }
  | { readonly do: "page.open"; readonly url: string }
  /**
   * Something only a person can do; `message` keys the wording. `accompanies`: it asks for nothing before the steps
   * beside it, as it says what to compare, or speaks of the page afterwards.
   */
  | {
      readonly do: "human";
      readonly message: string;
      readonly args?: MessageArgs;
      readonly accompanies?: true;
    };

/** What is changed of a service in a Compose file. Nothing of it opens a port to more than it was. */
export type ComposeChange =
  /** Publishes `to` of the container at 127.0.0.1:`port`. */
  | { readonly kind: "publish"; readonly port: number; readonly to: number }
  /** What publishes `to` does so on 127.0.0.1. */
  | { readonly kind: "on-loopback"; readonly to: number }
  /** The variable gets its value from the variable of that name in `.env`; never a literal. */
  | { readonly kind: "reference"; readonly variable: string }
  /** The command's `--bind`. */
  | { readonly kind: "bind"; readonly value: "lan" }
  /** The network of another service. */
  | { readonly kind: "network"; readonly of: string };

/** A proxy on the gateway's own host that gives the page HTTPS under one name. */
export interface ProxySite {
  readonly proxy: "caddy" | "nginx";
  /** As in the browser's address bar, without scheme: lower case, with a port where that is not 443. */
  readonly domain: string;
  /** The gateway's own, on 127.0.0.1. */
  readonly port: number;
  /** `public`: a certificate that browsers trust by themselves. `internal`: one of the proxy's own authority. */
  readonly tls: "public" | "internal";
  /** Paths of certificate and key, where the user named them. */
  readonly certificate?: string;
  readonly certificateKey?: string;
}

type StepOf<D extends Step["do"]> = Extract<Step, { readonly do: D }>;

/** What of a deployment a program may use. */
export interface Means {
  /** An engine runs the gateway, and starts one that is down. What ran in a terminal of somebody's is theirs to start. */
  readonly workload: boolean;
  /** Compose made it, on this machine. */
  readonly compose: boolean;
  /** A Compose file is somebody's own, and often in a repository: only on request. */
  readonly editCompose: boolean;
}

/** `pairing`: a device has to ask again. `token`: a device's token, which its client gets anew. */
export type Cost = "pairing" | "token";

/** What the engines have to know of a kind of step. */
export interface StepKind<D extends Step["do"]> {
  /** Who does it. Of a program: always, or where it has what it needs. */
  readonly by: "person" | "program" | ((step: StepOf<D>, means: Means) => boolean);
  /** Only looked at: what it would show is in the preview. */
  readonly reads?: true | ((step: StepOf<D>) => boolean);
  /** The gateway sees it, in its config or of the connection: the model says what comes of it (`applySteps`). */
  readonly seen: boolean;
  /** How much it changes of how somebody works, from {@link OTHER_WAY} on of how the page is reached. 0 when absent. */
  readonly disruption?: number | ((step: StepOf<D>) => number);
  /** Makes another way to the page. */
  readonly makesWay?: true;
  /** It is a change of openclaw.json, which the gateway may start anew for. */
  readonly writesConfig?: true;
  /** A command of the gateway that runs: one that is on its way up answers none (run 3.13: 1006). */
  readonly asksGateway?: true;
  /** Cannot be taken back. */
  readonly lasting?: true;
  /** What it ends for somebody who has it now. */
  readonly costs?: Cost | ((step: StepOf<D>) => Cost | undefined);
  /** What is done once more when all goes back, so that what was is taken up. `restart`: where that can be done. */
  readonly again?: "restart" | "same";
  /** What fills the words that stand where a deployment has no command for it. */
  readonly args?: (step: StepOf<D>) => MessageArgs;
}

/** The disruption from which on it is not the connection that was refused which is let in. */
export const OTHER_WAY = 2;

/** The same of what a person does. */
const COSTLY: ReadonlyMap<string, Cost> = new Map([
  ["remove-device", "pairing"],
  ["remove-stale-devices", "pairing"],
  ["forget-device", "pairing"],
  ["rotate-device-token", "token"],
]);

/** Every kind of step. A new one does not compile before it is here, has its line, and is done or seen where it says so. */
const STEPS = {
  "config.set": {
    by: "program",
    seen: true,
    writesConfig: true,
    // Whatever else it is a risk of.
    disruption: ({ key }) => (key === "gateway.trustedProxies" ? 1 : 0),
    args: ({ key, value }) => ({ key, value: JSON.stringify(value) }),
  },
  "config.unset": { by: "program", seen: true, writesConfig: true, args: ({ key }) => ({ key }) },
  "device.list": { by: "person", seen: false, reads: true },
  "device.approve": {
    by: ({ requestId }) => requestId !== undefined,
    seen: true,
    asksGateway: true,
    args: ({ requestId = "<requestId>" }) => ({ requestId }),
  },
  "device.reject": {
    by: "program",
    seen: false,
    asksGateway: true,
    lasting: true,
    args: ({ requestId }) => ({ requestId }),
  },
  "device.remove": {
    by: "program",
    seen: true,
    asksGateway: true,
    lasting: true,
    costs: "pairing",
    args: ({ deviceId }) => ({ deviceId }),
  },
  "device.rotate": {
    by: "program",
    seen: false,
    asksGateway: true,
    lasting: true,
    costs: "token",
    args: ({ deviceId, role }) => ({ deviceId, role }),
  },
  "dashboard.link": { by: "person", seen: true },
  "token.show": { by: "person", seen: true },
  "token.generate": { by: "program", seen: true, writesConfig: true },
  "token.copy": {
    by: "program",
    seen: false,
    args: ({ path, variable }) => ({ path, ...(variable === undefined ? {} : { variable }) }),
  },
  "gateway.start": { by: (_step, { workload }) => workload, seen: false },
  // A container is made anew from its file by whoever changed it; a process takes its environment at any start.
  "gateway.restart": {
    by: ({ afresh }, { workload }) => afresh !== true || !workload,
    seen: true,
    disruption: 1,
    again: "restart",
  },
  "service.reinstall": { by: "person", seen: false, disruption: 1 },
  "gateway.status": { by: "person", seen: false, reads: true },
  "version.show": { by: "person", seen: false, reads: true },
  "logs.show": { by: "person", seen: false, reads: true },
  "doctor.fix": { by: "person", seen: false, disruption: 1 },
  "compose.edit": {
    by: (_step, { compose, editCompose }) => compose && editCompose,
    seen: false,
    args: ({ file, service, change: { kind: _kind, ...rest } }) => ({ file, service, ...rest }),
  },
  "compose.up": {
    by: (_step, { compose }) => compose,
    seen: false,
    again: "same",
    args: ({ service }) => ({ service }),
  },
  "tailscale.serve": { by: "person", seen: false },
  // Another name for the page, and another program that has to run for it.
  "tailscale.status": { by: "program", seen: true, makesWay: true, disruption: OTHER_WAY + 1 },
  "proxy.write": {
    by: ({ path }) => path !== undefined,
    seen: true,
    makesWay: true,
    reads: ({ site }) => site !== undefined,
    disruption: OTHER_WAY + 2,
  },
  "proxy.edit": {
    by: "program",
    seen: true,
    disruption: 1,
    args: ({ proxy, path, adds }) => ({ proxy, path, adds: adds.join(", ") }),
  },
  "proxy.reload": {
    by: "program",
    seen: false,
    disruption: 1,
    again: "same",
    args: ({ proxy, config }) => ({ proxy, config }),
  },
  // It has to be there whenever the page is used.
  "ssh.tunnel": {
    by: "person",
    seen: true,
    makesWay: true,
    disruption: OTHER_WAY,
    args: ({ port }) => ({ port }),
  },
  "page.open": { by: "person", seen: false, args: ({ url }) => ({ url }) },
  human: {
    by: "person",
    seen: true,
    disruption: ({ message }) => (message === "upgrade" ? OTHER_WAY + 1 : 0),
    costs: ({ message }) => COSTLY.get(message),
  },
} as const satisfies { readonly [D in Step["do"]]: StepKind<D> };

/** Steps that only a person does. */
type PersonsDo = { [D in Step["do"]]: (typeof STEPS)[D]["by"] extends "person" ? D : never }[Step["do"]];
/** Steps that the gateway sees. */
export type SeenDo = { [D in Step["do"]]: (typeof STEPS)[D]["seen"] extends true ? D : never }[Step["do"]];
type WritesConfigDo = {
  [D in Step["do"]]: (typeof STEPS)[D] extends { readonly writesConfig: true } ? D : never;
}[Step["do"]];
/** Steps that are changes of openclaw.json. */
export type SettingStep = Extract<Step, { readonly do: WritesConfigDo }>;
export type ProgramStep = Exclude<Step, { readonly do: PersonsDo }>;
export type SeenStep = Extract<Step, { readonly do: SeenDo }>;

/** What its kind is. The table's functions take a step of their own kind, which it is. */
export function kindOfStep(step: Step): StepKind<never> {
  return STEPS[step.do] as StepKind<never>;
}

export function isPersons(step: Step): step is Extract<Step, { readonly do: PersonsDo }> {
  return kindOfStep(step).by === "person";
}

export function isSetting(step: Step): step is SettingStep {
  return kindOfStep(step).writesConfig === true;
}

export function isSeen(step: Step): step is SeenStep {
  return kindOfStep(step).seen;
}

/** Whether the changer of a deployment does it by itself. */
export function isProgrammatic(step: Step, means: Means): boolean {
  const { by } = kindOfStep(step);
  return typeof by === "function" ? by(step as never, means) : by === "program";
}

export function isReading(step: Step): boolean {
  const { reads = false } = kindOfStep(step);
  return typeof reads === "function" ? reads(step as never) : reads;
}

export function disruptionOf(step: Step): number {
  const { disruption = 0 } = kindOfStep(step);
  return typeof disruption === "function" ? disruption(step as never) : disruption;
}

/** What is lost by steps, the most of it. */
export function costOf(steps: readonly Step[]): Cost | undefined {
  const costs = steps.map((step) => {
    const { costs: cost } = kindOfStep(step);
    return typeof cost === "function" ? cost(step as never) : cost;
  });
  return costs.find((cost) => cost === "pairing") ?? costs.find((cost) => cost !== undefined);
}

/** What fills the words that stand in the place of a command. */
export function argsOfStep(step: Step): MessageArgs {
  return kindOfStep(step).args?.(step as never) ?? {};
}
