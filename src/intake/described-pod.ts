import { safeText } from "../core/text.ts";

/** Lines of a description that are read. */
const MAX_LINES = 2000;

interface Entry {
  readonly indent: number;
  readonly key: string;
  readonly value: string;
}

/**
 * The pod that `kubectl describe pod` prints, as the object that the cluster has: name, namespace, owner, containers with
 * image, command, plain variables and state. Several descriptions behind one another are several pods.
 */
export function describedPods(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text
    .split(/^(?=Name:\s{2})/m)
    .filter((one) => /^Name:\s{2}/.test(one))
    .slice(0, 20)
    .map((one) => podOf(entriesOf(one)));
}

function entriesOf(text: string): readonly Entry[] {
  return text.split(/\r?\n/, MAX_LINES).flatMap((line) => {
    if (line.trim() === "") return [];
    const [, space = "", key = "", value = ""] =
      /^(\s{0,60})([^:\s][^:]{0,200}?):(?:\s+(.*))?$/.exec(line) ?? [];
    const indent = line.length - line.trimStart().length;
    return [
      key === ""
        ? { indent, key: "", value: line.trim() }
        : { indent: space.length, key, value: value.trim() },
    ];
  });
}

function podOf(entries: readonly Entry[]): Readonly<Record<string, unknown>> {
  const top = (key: string) => entries.find((one) => one.indent === 0 && one.key === key)?.value;
  const [kind, name] = top("Controlled By")?.split("/") ?? [];
  const containers = childrenOf(sectionOf(entries, "Containers"), 2).map(containerOf);
  const ip = top("IP");
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: safeText(top("Name") ?? "", 253),
      namespace: safeText(top("Namespace") ?? "default", 63),
      labels: labelsOf(entries),
      ...(kind === undefined || name === undefined
        ? {}
        : { ownerReferences: [{ kind, name, controller: true }] }),
    },
    spec: { containers: containers.map(({ spec }) => spec) },
    status: {
      phase: top("Status")?.split(" ")[0] ?? "Unknown",
      ...(ip === undefined || ip === "" ? {} : { podIP: ip, podIPs: [{ ip }] }),
      containerStatuses: containers.map(({ status }) => status),
    },
  };
}

/** `Labels:` has the first one behind it, and the others in a column below. */
function labelsOf(entries: readonly Entry[]): Readonly<Record<string, string>> {
  const at = entries.findIndex(({ indent, key }) => indent === 0 && key === "Labels");
  if (at < 0) return {};
  const below: string[] = [];
  for (const { indent, key, value } of entries.slice(at + 1)) {
    if (indent === 0) break;
    below.push(key === "" ? value : `${key}: ${value}`);
  }
  const pairs = [entries[at]?.value ?? "", ...below].flatMap((pair) => {
    const [, name, value] = /^([\w./-]{1,200})=(.{0,63})$/.exec(pair) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}

/** What stands below a heading at the left. */
function sectionOf(entries: readonly Entry[], key: string): readonly Entry[] {
  const at = entries.findIndex((one) => one.indent === 0 && one.key === key);
  if (at < 0) return [];
  const rest = entries.slice(at + 1);
  const end = rest.findIndex(({ indent }) => indent === 0);
  return end < 0 ? rest : rest.slice(0, end);
}

interface Block {
  readonly key: string;
  readonly value: string;
  readonly inner: readonly Entry[];
}

function childrenOf(entries: readonly Entry[], indent: number): readonly Block[] {
  const blocks: { key: string; value: string; inner: Entry[] }[] = [];
  for (const entry of entries)
    if (entry.indent <= indent) blocks.push({ key: entry.key, value: entry.value, inner: [] });
    else blocks.at(-1)?.inner.push(entry);
  return blocks;
}

function containerOf({ key: name, inner }: Block) {
  const fields = childrenOf(inner, 4);
  const field = (key: string) => fields.find((one) => one.key === key);
  const words = (key: string) =>
    field(key)?.inner.map(({ key: head, value }) => (head === "" ? value : `${head}:${value}`)) ?? [];
  const image = field("Image")?.value ?? "";
  const restarts = Number(field("Restart Count")?.value ?? 0);
  const last = field("Last State");
  return {
    spec: {
      name: safeText(name, 63),
      image: safeText(image, 300),
      command: words("Command"),
      args: words("Args"),
      env: (field("Environment")?.inner ?? []).flatMap(variableOf),
      volumeMounts: (field("Mounts")?.inner ?? []).flatMap(mountOf),
      ports: portsOf(field("Ports")?.value ?? field("Port")?.value ?? ""),
    },
    status: {
      name: safeText(name, 63),
      image: safeText(image, 300),
      restartCount: Number.isInteger(restarts) ? restarts : 0,
      ready: field("Ready")?.value === "True",
      state: stateOf(field("State")),
      ...(last === undefined ? {} : { lastState: stateOf(last) }),
    },
  };
}

/** What comes from a Secret or a field is named only. */
function variableOf({ key, value }: Entry): readonly { readonly name: string; readonly value: string }[] {
  return key === "" || value.startsWith("<set to") ? [] : [{ name: key, value }];
}

function mountOf({ key, value }: Entry) {
  const [, path, volume, mode = ""] =
    /^(\/\S{1,300}) from (\S{1,253}) \(([^)]{0,100})\)/.exec(key === "" ? value : `${key}:${value}`) ?? [];
  if (path === undefined || volume === undefined) return [];
  const subPath = /path="([^"]{1,200})"/.exec(mode)?.[1];
  return [
    {
      mountPath: path,
      name: volume,
      readOnly: /\bro\b/.test(mode),
      ...(subPath === undefined ? {} : { subPath }),
    },
  ];
}

function portsOf(text: string): readonly { readonly containerPort: number; readonly protocol: string }[] {
  return [...text.matchAll(/(\d{1,5})\/(TCP|UDP)/g)].map(([, port, protocol = "TCP"]) => ({
    containerPort: Number(port),
    protocol,
  }));
}

function stateOf(block: Block | undefined): Readonly<Record<string, unknown>> {
  if (block === undefined) return {};
  const inner = (key: string) => block.inner.find((one) => one.key === key)?.value;
  const reason = inner("Reason");
  const code = Number(inner("Exit Code") ?? Number.NaN);
  const message = inner("Message");
  return {
    [block.value.toLowerCase().split(" ")[0] ?? ""]: {
      ...(reason === undefined ? {} : { reason: safeText(reason, 100) }),
      ...(Number.isInteger(code) ? { exitCode: code } : {}),
      ...(message === undefined ? {} : { message: safeText(message, 500) }),
    },
  };
}
