import type { ComposeReading } from "./compose.ts";
import type { Admission, AdmissionConfig, Connection } from "./connection.ts";
import type { DeploymentKind, DeploymentTraits } from "./deployment-kind.ts";
import type { LogDigest, RefusalGate } from "./log-event.ts";
import type { ProxyReading } from "./proxies.ts";
import type { Saying } from "./saying.ts";
import type { ServiceReading } from "./service.ts";
import type { Workload } from "./workload.ts";

/** Every fact by name. Values are plain JSON; secrets in them are fingerprints (see `Secret`). */
export interface FactMap {
  readonly target: Target;
  readonly host: HostSigns;
  readonly deployment: Deployment;
  readonly release: Release;
  readonly config: ConfigReading;
  readonly logs: LogDigest;
  readonly probe: ProbeReading;
  readonly devices: DeviceList;
  readonly refusals: readonly Refusal[];
  readonly assessment: Assessment;
}

export type FactName = keyof FactMap;

export type Exposure = "loopback" | "private" | "public" | "unknown";
export type Confidence = "certain" | "likely" | "possible";

export interface Target {
  readonly kind: DeploymentKind | "url" | "offline";
  readonly name: string;
  /** ws:// or wss:// URL, without credentials. */
  readonly url?: string;
  readonly exposure: Exposure;
  /** Why the exposure is what it says, one line. */
  readonly exposureBecause?: string;
  /** Not part of any document. */
  readonly own?: OwnThings;
}

/** What is known to be the user's own, whatever a log says. */
export interface OwnThings {
  /** Origin that the user named. */
  readonly origin?: string;
  /** Origins at which this machine serves the gateway's page. */
  readonly origins?: readonly string[];
  /** Addresses and CIDR blocks of proxies that the user named. */
  readonly proxies?: readonly string[];
  /** Reverse proxies that run on this machine, as programs of its system. */
  readonly proxyPrograms?: readonly string[];
}

/** What the doctor itself runs in and can see around it, without touching the gateway. */
export interface HostSigns {
  readonly platform: string;
  readonly wsl: boolean;
  readonly sshSession: boolean;
  readonly container: "none" | "docker" | "podman" | "kubernetes" | "unknown";
  readonly addresses: readonly {
    readonly name: string;
    readonly address: string;
    readonly scope: Exposure;
  }[];
  readonly engines: readonly { readonly kind: "docker" | "podman" | "kubernetes"; readonly path: string }[];
  readonly units: readonly string[];
  /** In a container: `false` when OpenClaw is neither installed nor running in it, as in the doctor's own image. */
  readonly openclaw?: boolean;
  /** In a container: it has the network of the machine (`--network host`). */
  readonly hostNetwork?: boolean;
}

/** How the gateway is deployed, by cheap signs. */
export interface Deployment {
  readonly kind: DeploymentKind;
  readonly confidence: Confidence;
  readonly evidence: readonly Evidence[];
  /** Other kinds that the signs also fit. */
  readonly alternatives: readonly DeploymentKind[];
  /** Names for exact commands, as far as known. */
  readonly names: DeploymentNames;
  /** What follows from kind and names. */
  readonly traits: DeploymentTraits;
  /** The gateway's container or pod, where its engine was asked. */
  readonly workload?: Workload;
  /** Reverse proxies of the gateway's own host, where their configuration was looked at. Not part of any document. */
  readonly front?: ProxyReading;
  /** What starts the gateway that runs, where a service manager does, outside of containers. */
  readonly service?: ServiceReading;
  /** What the Compose files say of that container, where Compose made it and they are on this machine. */
  readonly compose?: ComposeReading;
}

/** Platforms on which a gateway's container is reached through the platform's own shell. */
export const HOSTINGS = [
  "fly",
  "railway",
  "render",
  "northflank",
  "zeabur",
  "home-assistant",
  "nemoclaw",
] as const;

export type Hosting = (typeof HOSTINGS)[number];

export interface DeploymentNames {
  /** Docker container name, or Kubernetes container in the pod. */
  readonly container?: string;
  readonly composeService?: string;
  readonly composeCliService?: string;
  readonly composeFiles?: readonly string[];
  /** Compose project, where its name does not follow from the files' directory. */
  readonly composeProject?: string;
  /** User for `docker exec`: empty for the container's own; `node` when absent. */
  readonly execUser?: string;
  readonly namespace?: string;
  /** Of the kubeconfig, where it is not the current one. */
  readonly context?: string;
  /** `deploy/openclaw`, `statefulset/openclaw`, `pod/openclaw-0`. */
  readonly workload?: string;
  /** Of a workload whose pods keep state each for itself: the one that was looked at. */
  readonly pod?: string;
  readonly sshHost?: string;
  /** Where its sshd listens, if not at the usual port. */
  readonly sshPort?: number;
  /** Home directory of whoever OpenClaw's own command runs as there. */
  readonly sshHome?: string;
  /** Whose the gateway's files are, where whoever signs in there is another user. */
  readonly runAs?: string;
  /** systemd unit that runs the gateway, and whether it is a user unit. */
  readonly unit?: { readonly name: string; readonly user: boolean };
  /** A service manager runs it, whatever its unit is called. */
  readonly managed?: true;
  /** What pm2 or supervisord call the gateway that they run. */
  readonly service?: { readonly by: "pm2" | "supervisord"; readonly name: string };
  /** Command that runs OpenClaw's CLI there: `openclaw`, `node dist/index.js` … */
  readonly cli?: string;
  /** A container that no Compose file of the user's made, whatever its name is. */
  readonly plainContainer?: true;
  /** What runs the container, where it is not Docker. */
  readonly engine?: "podman";
  /** The platform whose own shell leads into the container; no engine of the user's does. */
  readonly hosting?: Hosting;
  /** The gateway's machine, as `process.platform` calls it, where only words tell. */
  readonly platform?: "darwin" | "linux" | "win32";
  /** The gateway's own port, where only words tell. */
  readonly port?: number;
}

export interface Release {
  /** `2026.3.13`. */
  readonly version: string;
  readonly confidence: Confidence;
  /** `hello-ok`, `html`, `control-ui-config`, `log`, `package.json`, `protocol`, `said` … */
  readonly from: string;
  /** When only an era is known: the releases it can be, inclusive; `version` is then the newest of them. */
  readonly range?: readonly [string, string];
}

export interface Evidence {
  /** The fact it is from. */
  readonly fact: FactName;
  /** Path, URL, line: `gateway.log:14`, `GET /`, `gateway.auth.mode`. */
  readonly source: string;
  /** Literal text, scrubbed and bounded; of the tool's own words the English ones. */
  readonly quote: string;
  /** The tool's own words, for a reader of another language; of the source, where that is no path and no name. In no document. */
  readonly say?: Saying;
  readonly saySource?: Saying;
  /** The same for whoever has to know what it is of: `source` is for people. In no document. */
  readonly origin?: EvidenceOrigin;
}

export type EvidenceOrigin =
  | { readonly of: "log"; readonly log: string; readonly line: number }
  /** `attempt`: its place among the probe's; absent where nobody answered as a gateway. */
  | { readonly of: "probe"; readonly attempt?: number }
  | { readonly of: "model" }
  /** What somebody says or types in a ticket. */
  | { readonly of: "words" }
  /** The container or pod, as its engine describes it. */
  | { readonly of: "workload" };

export interface ConfigReading {
  readonly path: string;
  readonly stateDir: string;
  readonly profile?: string;
  /** Effective config, secrets replaced by fingerprints. */
  readonly effective: AdmissionConfig;
  /** Where each effective value that matters comes from, by dotted path. */
  readonly origins: Readonly<Record<string, ConfigOrigin>>;
  readonly problems: readonly ConfigProblem[];
  /** Whether openclaw.json itself exists. */
  readonly exists: boolean;
  /** When openclaw.json was last written, ISO 8601, where the file itself was read. */
  readonly changedAt?: string;
}

export interface ConfigOrigin {
  readonly from: "file" | "env" | "default" | "service" | "flag";
  /** `openclaw.json:12`, `OPENCLAW_GATEWAY_TOKEN`, `default of 2026.3.13`, `openclaw-gateway.service`. */
  readonly source: string;
  /** The `.env` beside openclaw.json. */
  readonly dotenv?: boolean;
  /** A second source that lost, with a value that differs. */
  readonly overrides?: Omit<ConfigOrigin, "overrides">;
}

export interface ConfigProblem {
  readonly kind:
    | "syntax"
    | "unknown-key"
    | "retired-key"
    | "ignored-key"
    | "wrong-type"
    | "unreadable"
    | "bad-env";
  readonly key: string;
  readonly detail: string;
  readonly line?: number;
  /** Of a variable that nobody set by hand. */
  readonly injectedBy?: "kubernetes";
}

/** What the wire said. Every text is bounded, scrubbed and free of control characters. */
export interface ProbeReading {
  readonly url: string;
  readonly reach: Reach;
  /** From HTTP: page, health, config document. */
  readonly http: HttpReading;
  /** Attempts in the order they were made. */
  readonly attempts: readonly ProbeAttempt[];
  /** Gateway clock minus doctor clock, milliseconds, from the challenge. */
  readonly clockSkewMs?: number;
  readonly protocol?: number;
  readonly authMode?: string;
  readonly release?: Release;
  /** The user who has the other end of the connection and may not read the gateway's config, so that it got no token. */
  readonly withheldFrom?: string;
  readonly tookMs: number;
}

export interface Reach {
  /** `stranger`: another user's process has the gateway's port, so that nothing it says counts. */
  readonly state:
    | "open"
    | "refused"
    | "reset"
    | "timeout"
    | "dns"
    | "tls"
    | "starting"
    | "not-openclaw"
    | "stranger";
  readonly detail: string;
  /** The same for a reader of another language, where the words are the tool's own. */
  readonly say?: Saying;
  readonly holder?: PortHolder;
}

/** Who has a port of this machine. Names are safe to print. */
export interface PortHolder {
  readonly port: number;
  /** A name, or the number where the system has none. */
  readonly user: string;
  /** The file that it runs; absent where that may not be seen. */
  readonly program?: string;
  readonly pid?: number;
}

export interface HttpReading {
  readonly status?: number;
  readonly title?: string;
  readonly health?: "live" | "absent" | "failed";
  readonly serverVersion?: string;
  readonly buildId?: string;
  readonly basePath?: string;
  readonly looksLike: "openclaw" | "other" | "none";
  /** `proxy_attribution_required` and the like, from a JSON error body. */
  readonly errorType?: string;
  readonly server?: string;
}

export interface ProbeAttempt {
  /** `page`: no device, no credentials, as the Control UI. `client`: no device, with credentials. `browser`: `--as-browser`, with credentials in its place, so that they go out once. */
  readonly as: "page" | "client" | "browser";
  readonly connection: Pick<Connection, "headers" | "client" | "role" | "scopes" | "auth"> & {
    readonly device: "absent" | "throw-away";
  };
  readonly result: "admitted" | "refused" | "no-answer" | "not-upgraded";
  readonly httpStatus?: number;
  readonly errorCode?: string;
  readonly message?: string;
  readonly detailCode?: string;
  /** Selected scalar fields of `error.details`. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  readonly closeCode?: number;
  readonly closeReason?: string;
  readonly serverVersion?: string;
  readonly grantedScopes?: readonly string[];
  readonly requestId?: string;
  /** `browser` only: what was left and whether it was taken away again. */
  readonly cleanup?: {
    readonly left: "nothing" | "pending" | "paired";
    readonly removed: boolean;
    readonly detail: string;
    readonly say?: Saying;
  };
}

export interface DeviceList {
  readonly pending: readonly PendingDevice[];
  readonly paired: readonly PairedDevice[];
  readonly store: "json" | "sqlite";
  /** What is wrong with the store itself; at most 10. */
  readonly problems?: readonly StoreProblem[];
}

/** A file of the device store that the gateway does not read, or not as it was meant. */
export interface StoreProblem {
  /**
   * `not-json`: cannot be parsed. `not-an-object`: a list, as in an old example. `bad-entry`: an entry without
   * what the gateway compares. `left-behind`: still there beside the SQLite store, which alone is read.
   */
  readonly kind: "not-json" | "not-an-object" | "bad-entry" | "left-behind";
  readonly path: string;
  /** One line, safe to print. */
  readonly detail: string;
}

export interface PendingDevice {
  readonly requestId: string;
  readonly deviceId: string;
  readonly client?: string;
  readonly platform?: string;
  readonly role?: string;
  readonly scopes: readonly string[];
  readonly remoteIp?: string;
  readonly at?: string;
  readonly isRepair?: boolean;
}

export interface PairedDevice {
  readonly deviceId: string;
  readonly client?: string;
  readonly platform?: string;
  readonly role?: string;
  readonly scopes: readonly string[];
  readonly at?: string;
}

/** One refusal, observed or foretold: what all gate checks read. The first is the one to mend first. */
export interface Refusal {
  /** `probe`: we met it. `log`: the gateway wrote it. `client`: a client or the page printed it. `model`: foretold for the user's browser. */
  readonly from: "probe" | "log" | "client" | "model";
  readonly gate: RefusalGate | "transport";
  /** `not-paired`, `scope-upgrade`, `token_missing`, `origin-mismatch`, `rate_limited` … */
  readonly reason?: string;
  readonly detailCode?: string;
  readonly closeCode?: number;
  readonly closeReason?: string;
  readonly httpStatus?: number;
  /** The connection as far as it is known. */
  readonly connection: Partial<Connection>;
  /** Client kind: the Control UI in a browser, OpenClaw's CLI, a node host, an app of a phone or desktop, something else. */
  readonly client: "control-ui" | "cli" | "node" | "app" | "other" | "unknown";
  readonly requestId?: string;
  /** Whoever tells of it says that the device is paired already. */
  readonly saidPaired?: true;
  readonly deviceId?: string;
  /** Distinct devices of the same client that were refused so, where there are several. */
  readonly devices?: readonly string[];
  readonly count: number;
  readonly firstAt?: string;
  readonly lastAt?: string;
  /** The same client was admitted later, or a later refusal at a later gate shows that this one is mended. */
  readonly over: boolean;
  /** Where it is over by the log: when the same client connected last, and when its device was approved. */
  readonly connectedAt?: string;
  readonly approvedAt?: string;
  readonly evidence: readonly Evidence[];
}

/** What the model says of the user's browser, now and after each mend. */
export interface Assessment {
  readonly connection: Connection;
  /** How each part of the connection is known. */
  readonly basis: readonly Evidence[];
  readonly confidence: Confidence;
  readonly now: Admission;
  /** Why the answer could be another one: a peer or a release that is not known, and with which it changes. */
  readonly undecided?: string;
  readonly undecidedSay?: Saying;
  /** The gates that wait behind the first, each with what has to be mended before. */
  readonly ahead: readonly Admission[];
  readonly page: PageBehaviour;
  /** The evidence says something else than the model. */
  readonly contradictions: readonly Evidence[];
}

/** What the Control UI of a release does (BROWSER.md). */
export interface PageBehaviour {
  /** What it shows for this refusal. */
  readonly shows?: string;
  readonly tokenFrom: "query" | "hash" | "both";
  /** Signs with a device identity without a secure context. */
  readonly deviceInInsecureContext: boolean;
  /** After an approval the open page connects by itself. */
  readonly connectsByItself: boolean;
}
