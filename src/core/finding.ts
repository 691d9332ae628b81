import type { Confidence, Evidence } from "./facts.ts";
import type { MessageArgs } from "./saying.ts";

export type Severity = "error" | "warning" | "info";
export type Risk = "none" | "restart" | "grants-access" | "weakens-security";

/** One thing that is wrong, as a check says it. */
export interface Occurrence {
  readonly confidence: Confidence;
  readonly evidence: readonly Evidence[];
  readonly args?: MessageArgs;
  readonly count?: number;
  /** Overrides the check's severity (something that is over is `info`). */
  readonly severity?: Severity;
  /** Which of several findings of one severity comes first: the smaller; 0 when absent. */
  readonly rank?: number;
  /** Picks a variant of the message (`over`, `foretold` …); the plain text is used when there is none. */
  readonly variant?: string;
  readonly remedies?: readonly Remedy[];
  /** Other causes that the same evidence fits, each with what separates it from this one; then no finding is `certain`. */
  readonly tellApart?: readonly TellApart[];
}

/** `message` keys the question (`Catalogue.tellApart`); `step`: what answers it, where something can be typed. */
export interface TellApart {
  /** Id of the other cause. */
  readonly from: string;
  readonly message: string;
  readonly args?: MessageArgs;
  readonly step?: Step;
}

export interface Finding extends Occurrence {
  readonly id: string;
  readonly code: string;
  readonly severity: Severity;
  readonly remedies: readonly Remedy[];
}

/** A remedy is data: the engine previews, applies and undoes it, a deployment turns its steps into commands. */
export interface Remedy {
  readonly id: string;
  readonly risk: Risk;
  readonly steps: readonly Step[];
  readonly args?: MessageArgs;
  /** What it would trust and only strangers' words stand for: shown, and never taken without somebody's look at it. */
  readonly unproven?: readonly Unproven[];
  /** What the admission model says of the refused connection after this remedy. Absent when it was not asked. */
  readonly after?: "admitted" | { readonly refusedAt: string; readonly reason?: string };
}

/** `value`: an origin, or the address of a proxy. */
export interface Unproven {
  readonly kind: "origin" | "proxy";
  readonly value: string;
}

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
  | { readonly do: "gateway.restart" }
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
  | { readonly do: "proxy.write"; readonly site?: ProxySite; readonly path?: string }
  | { readonly do: "ssh.tunnel"; readonly port: number }
  | { readonly do: "page.open"; readonly url: string }
  /** Something only a person can do; `message` keys the wording. */
  | { readonly do: "human"; readonly message: string; readonly args?: MessageArgs };

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

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
