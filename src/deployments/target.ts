import { bad, optionTyped, type Parsed, parsed } from "../core/bad-input.ts";
import { say } from "../core/saying.ts";
import { parseGatewayUrl } from "../gateway/url.ts";
import type { WorkloadKind } from "../kinds/kubernetes/workloads.ts";
import { parseSshHost, type SshHost } from "./ssh/address.ts";

/** Which gateway somebody means. A new kind of target is a member here; what reads and finds it does not compile before. */
export type ChosenTarget =
  /** Nothing was said: what this machine shows. */
  | { readonly kind: "found" }
  | { readonly kind: "local" }
  | { readonly kind: "url"; readonly url: string }
  | ContainerTarget
  /** A workload of a cluster; without a name the one gateway of the namespace, or of all that may be listed. */
  | {
      readonly kind: "kubernetes";
      /** Of the kubeconfig; the current one when absent. */
      readonly context?: string;
      readonly namespace?: string;
      readonly workload?: { readonly kind?: WorkloadKind; readonly name: string };
    }
  /** A host behind SSH, or a container there. */
  | { readonly kind: "ssh"; readonly host: SshHost; readonly container?: ContainerTarget };

/** A container by its name or id, or by its Compose service (`SERVICE`, `PROJECT/SERVICE`). */
export interface ContainerTarget {
  readonly kind: "docker";
  readonly by: "container" | "service";
  readonly name: string;
}

export type TargetKind = ChosenTarget["kind"];

interface Form {
  /** How it is written, for people; absent: it cannot be. */
  readonly written?: string;
  /** `undefined`: it is of another form. */
  read(text: string): Parsed<ChosenTarget> | undefined;
}

/** What engines and Compose take as names, and what cannot be an option or a path of the engine's API. */
const CONTAINER = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/;
const SERVICE = /^(?:[a-z0-9][a-z0-9_-]{0,100}\/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,100}$/;

/** The same gateway by another name of its container: one that Compose makes anew has another id than was said. */
export function byContainerName(target: ChosenTarget, name: string): ChosenTarget {
  if (target.kind === "ssh" && target.container?.by === "container")
    return { ...target, container: { ...target.container, name } };
  return target.kind === "docker" && target.by === "container" ? { ...target, name } : target;
}

const FORMS = {
  found: { read: () => undefined },
  local: { written: "local", read: (text) => (text === "local" ? parsed({ kind: "local" }) : undefined) },
  url: { written: "HOST:PORT, ws://HOST:PORT, wss://HOST", read: urlTarget },
  docker: { written: "docker:CONTAINER or compose:SERVICE", read: containerTarget },
  kubernetes: { written: "k8s:[CONTEXT/]NAMESPACE/WORKLOAD", read: clusterTarget },
  ssh: { written: "ssh:[USER@]HOST[:PORT][/docker:CONTAINER]", read: hostTarget },
} satisfies Readonly<Record<TargetKind, Form>>;

/** What `--target` says. */
export function parseTarget(text: string): Parsed<ChosenTarget> {
  const forms: readonly Form[] = Object.values(FORMS);
  for (const form of forms) {
    const read = form.read(text);
    if (read !== undefined) return read;
  }
  const written = forms.flatMap((form) => form.written ?? []);
  return bad(
    optionTyped("--target", text),
    say("no-target"),
    say("give-targets", { forms: written.join(", ") }),
  );
}

/** `HOST:PORT`, as a browser's address bar and `docker ps` show it; an IPv6 address in brackets. */
const HOST_PORT =
  /^(?!(?:docker|compose|k8s|ssh|local):)(?:[a-z0-9][a-z0-9.-]{0,252}|\[[0-9a-f:.]{2,45}\]):(\d{1,5})$/i;

function urlTarget(text: string): Parsed<ChosenTarget> | undefined {
  const port = HOST_PORT.exec(text)?.[1];
  if (port === undefined && !/^(?:wss?|https?):\/\//i.test(text)) return undefined;
  const url = port === undefined ? text : `${port === "443" ? "wss" : "ws"}://${text}`;
  try {
    return parsed({ kind: "url", url: parseGatewayUrl(url).ws });
  } catch {
    return bad(
      optionTyped("--target", text),
      say("no-gateway-address"),
      say("for-example", { example: "--target ws://127.0.0.1:18789" }),
    );
  }
}

function containerTarget(text: string): Parsed<ChosenTarget> | undefined {
  const [, prefix, name = ""] = /^(docker|compose):(.{0,400})$/.exec(text) ?? [];
  if (prefix === undefined) return undefined;
  const by = prefix === "docker" ? "container" : "service";
  if ((by === "container" ? CONTAINER : SERVICE).test(name)) return parsed({ kind: "docker", by, name });
  return by === "container"
    ? bad(
        optionTyped("--target", text),
        say("no-container-name"),
        say("for-example", { example: "--target docker:openclaw" }),
      )
    : bad(
        optionTyped("--target", text),
        say("no-service-name"),
        say("for-example", { example: "--target compose:openclaw-gateway" }),
      );
}

/** As kubectl takes them. */
const KINDS: Readonly<Record<string, WorkloadKind>> = {
  deploy: "deploy",
  deployment: "deploy",
  deployments: "deploy",
  sts: "statefulset",
  statefulset: "statefulset",
  statefulsets: "statefulset",
  ds: "daemonset",
  daemonset: "daemonset",
  po: "pod",
  pod: "pod",
  pods: "pod",
};
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const OBJECT = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
/** A cloud's names of contexts have slashes and colons: what is before the namespace is the context. */
const CONTEXT = /^[\x21-\x7e]{1,300}$/;

/** `k8s:`, `k8s:NAMESPACE`, `k8s:[CONTEXT/]NAMESPACE/[KIND/]WORKLOAD`. */
function clusterTarget(text: string): Parsed<ChosenTarget> | undefined {
  const rest = /^k8s:(.{0,800})$/.exec(text)?.[1];
  if (rest === undefined) return undefined;
  const wrong = bad(
    "--target k8s:…",
    say("no-cluster-workload"),
    say("for-example", {
      example: "--target k8s:openclaw/openclaw, k8s:CONTEXT/openclaw/statefulset/openclaw",
    }),
  );
  const parts = rest.split("/");
  if (parts.length === 1) {
    if (rest === "") return parsed({ kind: "kubernetes" });
    return NAMESPACE.test(rest) ? parsed({ kind: "kubernetes", namespace: rest }) : wrong;
  }
  const name = parts.pop() ?? "";
  const kind = parts.length > 1 ? KINDS[parts.at(-1) ?? ""] : undefined;
  if (kind !== undefined) parts.pop();
  const namespace = parts.pop() ?? "";
  const context = parts.join("/");
  if (!OBJECT.test(name) || !NAMESPACE.test(namespace)) return wrong;
  if (parts.length > 0 && !CONTEXT.test(context)) return wrong;
  return parsed({
    kind: "kubernetes",
    namespace,
    workload: { name, ...(kind === undefined ? {} : { kind }) },
    ...(parts.length === 0 ? {} : { context }),
  });
}

/** `ssh:[USER@]HOST[:PORT]`, with `/docker:CONTAINER` or `/compose:SERVICE` behind it. */
function hostTarget(text: string): Parsed<ChosenTarget> | undefined {
  const [, name, inner] = /^ssh:(?:\/\/)?([^/]{0,400})(?:\/(.{0,400}))?$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const host = parseSshHost(name);
  if (host === undefined)
    return bad(
      "--target ssh:…",
      say("no-ssh-host"),
      say("for-example", { example: "--target ssh:me@vps.example.com" }),
    );
  if (inner === undefined || inner === "") return parsed({ kind: "ssh", host });
  const container = containerTarget(inner);
  if (container === undefined)
    return bad(
      "--target ssh:…",
      say("no-container-name"),
      say("for-example", { example: "--target ssh:me@vps.example.com/docker:openclaw" }),
    );
  if (!container.ok || container.value.kind !== "docker") return container;
  return parsed({ kind: "ssh", host, container: container.value });
}
