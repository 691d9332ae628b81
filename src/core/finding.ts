import type { Confidence, Evidence } from "./facts.ts";

export type Severity = "error" | "warning" | "info";
export type Risk = "none" | "restart" | "grants-access" | "weakens-security";

/** Typed arguments of a message; secrets never, hostile text only through `safeText`. */
export type MessageArgs = Readonly<Record<string, string | number | boolean>>;

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
  /** What the admission model says of the refused connection after this remedy. Absent when it was not asked. */
  readonly after?: "admitted" | { readonly refusedAt: string; readonly reason?: string };
}

export type Step =
  | { readonly do: "config.set"; readonly key: string; readonly value: JsonValue }
  | { readonly do: "config.unset"; readonly key: string }
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
  | { readonly do: "tailscale.serve" }
  | { readonly do: "ssh.tunnel"; readonly port: number }
  | { readonly do: "page.open"; readonly url: string }
  /** Something only a person can do; `message` keys the wording. */
  | { readonly do: "human"; readonly message: string; readonly args?: MessageArgs };

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
