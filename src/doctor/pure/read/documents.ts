import type { ContainerInspectInfo } from "dockerode";
import { composeProject } from "../../../compose/project.ts";
import { composeReading } from "../../../compose/reading.ts";
import { composeYaml } from "../../../compose/yaml.ts";
import { type GatewayFlags, gatewayFlags, isGatewayCommand } from "../../../config/flags.ts";
import { locateConfig } from "../../../config/locate.ts";
import { readConfig } from "../../../config/read.ts";
import { fileEnv, unitEnv } from "../../../config/service-env.ts";
import type { ComposeReading } from "../../../core/compose.ts";
import { DEFAULT_PORT } from "../../../core/default-port.ts";
import { drawnValues } from "../../../core/drawn-values.ts";
import type { DeploymentNames, DeviceList } from "../../../core/facts.ts";
import { isObject, parseBoundedJson } from "../../../core/json.ts";
import { say } from "../../../core/saying.ts";
import { createScrubber, secretsIn } from "../../../core/scrub.ts";
import { Secret } from "../../../core/secret.ts";
import { safeText } from "../../../core/text.ts";
import type { Workload } from "../../../core/workload.ts";
import { describedPods } from "../../../intake/described-pod.ts";
import { devicesFromTable } from "../../../intake/device-table.ts";
import { devicesFromJson, devicesFromLists } from "../../../intake/devices.ts";
import { harLines } from "../../../intake/har.ts";
import type { DocumentKind } from "../../../intake/recognise.ts";
import { isSecretVariable, programIn } from "../../../kinds/contained/program.ts";
import { commandWords, containedGateway, containerReading } from "../../../kinds/docker/inspect.ts";
import { DIRECTORY_LABEL, PROJECT_LABEL, SERVICE_LABEL } from "../../../kinds/docker/labels.ts";
import { type ComposeSigns, cliServiceOf, composeSigns } from "../../../kinds/docker/services.ts";
import { configMapSource, configMapText, plainVariables } from "../../../kinds/kubernetes/config-source.ts";
import {
  type Document,
  listAt,
  nameOf,
  objectAt,
  textAt,
  textMapAt,
} from "../../../kinds/kubernetes/fields.ts";
import { containerOf, leadingPod, podReading } from "../../../kinds/kubernetes/pod.ts";
import { commandOf, gatewaysOf, workloadName } from "../../../kinds/kubernetes/workloads.ts";
import { releaseOf } from "../../../logs/keys.ts";

/** A document that was handed in. */
export interface InputDocument {
  readonly as: DocumentKind;
  /** Of the file, with the archive it is in; of a pasted one that of the text. */
  readonly name: string;
  readonly text: string;
  /** 1-based, where it was pasted into a text: it may be a part only. */
  readonly line?: number;
}

/** What one document says; everything may be missing. */
export interface Told {
  readonly config?: { readonly text: string; readonly path: string; readonly isPart: boolean };
  /** Variables of the gateway. */
  readonly env?: { readonly source: string; readonly values: Readonly<Record<string, Secret>> };
  readonly flags?: GatewayFlags;
  readonly workload?: Workload;
  readonly names?: DeploymentNames;
  readonly compose?: { readonly signs: ComposeSigns; readonly reading?: ComposeReading };
  readonly devices?: DeviceList;
  /** Of an image's tag or label. */
  readonly release?: { readonly version: string; readonly quote: string };
  /** Lines for the log's reader. */
  readonly lines?: readonly string[];
  /** Paths of service files. */
  readonly units?: readonly string[];
  readonly secrets?: readonly string[];
}

export interface ReadContext {
  readonly salt: string;
  /** Texts of env files by their names, for Compose files beside them. */
  readonly envFiles: ReadonlyMap<string, string>;
}

type Reader = (document: InputDocument, context: ReadContext) => Told | Promise<Told>;

/** Every kind of document, and what it tells. */
const READERS: Readonly<Record<DocumentKind, Reader>> = {
  config: async ({ text: written, name, line }, { salt }) => {
    const text = await configText(written);
    const path = baseOf(name).endsWith(".json") && line === undefined ? baseOf(name) : "openclaw.json";
    // Also those that only their place shows to be one: in a list, below an object of secrets.
    const { secrets } = readConfig({ text, path, stateDir: "", env: {}, salt });
    return {
      config: { text, path, isPart: line !== undefined },
      secrets: secrets.all.map((secret) => secret.reveal()),
    };
  },
  compose: composeTold,
  env: ({ text, name }, { salt }) => {
    const values = fileEnv(text, salt);
    return { env: { source: baseOf(name), values }, secrets: secretValues(values) };
  },
  "docker-inspect": ({ text }, { salt }) => {
    const value = parseBoundedJson(text);
    const found = (Array.isArray(value) ? value : [value]).filter(isInspect);
    return inspectTold(found, salt);
  },
  kubernetes: kubernetesTold,
  devices: ({ text }) => devicesTold(text),
  doctor: ({ text }) => ({ lines: doctorLines(parseBoundedJson(text)) }),
  systemd: systemdTold,
  har: ({ text }) => ({ lines: harLines(parseBoundedJson(text)) }),
  bundle: () => ({}),
  report: () => ({}),
};

/** What a document tells. A document that cannot be understood tells nothing; nothing is thrown for its content. */
export async function told(document: InputDocument, context: ReadContext): Promise<Told> {
  const found = await READERS[document.as](document, context);
  // Whatever else stands in it: a value with a secret's name is not to be seen anywhere.
  const named = secretsIn(document.text.slice(0, MAX_SECRETS_TEXT));
  const secrets = [
    ...(found.secrets ?? []),
    ...named,
    ...optionValues(document.text),
    ...(await unnamedValues(document)),
  ];
  return { ...found, secrets: secrets.filter((one) => one.length >= 4) };
}

/** Values that anybody may have put there under any name. */
async function unnamedValues({ as, text }: InputDocument): Promise<readonly string[]> {
  if (as === "kubernetes") return drawnValues(await objectsOf(text));
  if (as === "docker-inspect") return drawnValues(parseBoundedJson(text));
  return as === "compose" ? drawnValues((await composeYaml(text))?.value) : [];
}

/** `args: [--token, abc]` and the same as a list of lines: the next item is the option's value. */
function optionValues(text: string): readonly string[] {
  return Array.from(text.slice(0, MAX_SECRETS_TEXT).matchAll(OPTION_VALUE), ([, value = ""]) => value).slice(
    0,
    200,
  );
}

const OPTION_VALUE =
  /--(?:[a-z]{1,20}-){0,4}(?:token|password|passphrase|secret|api-key)["']?[ \t]{0,8}(?:,[ \t]{0,8}\n?|\r?\n)[ \t]{0,80}(?:- )?["']?([^\s"',\][{}-][^\s"',\][{}]{3,511})/g;

/** Characters: more than any document here has. */
const MAX_SECRETS_TEXT = 8 * 1024 * 1024;

/** JSON5 as it is; the gateway's section of a YAML file as JSON. */
async function configText(text: string): Promise<string> {
  if (/^\s{0,80}(?:[{/]|#)/.test(text)) return text;
  const section = gatewayIn((await composeYaml(text))?.value, 4);
  return section === undefined ? text : JSON.stringify({ gateway: section });
}

/** Charts put the config into a key of their own. */
function gatewayIn(value: unknown, depth: number): unknown {
  if (!isObject(value)) return undefined;
  if (isObject(value.gateway)) return value.gateway;
  if (depth === 0) return undefined;
  for (const one of Object.values(value)) {
    const found = gatewayIn(one, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function baseOf(name: string): string {
  return safeText(name.split(/[\\/]/).at(-1) ?? name, 200);
}

function secretValues(values: Readonly<Record<string, Secret>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const text = value.reveal();
    return text.length >= 4 && isSecretVariable(name, text) ? [text] : [];
  });
}

// ---- Compose

async function composeTold({ text, name }: InputDocument, { salt, envFiles }: ReadContext): Promise<Told> {
  const file = baseOf(name);
  const project = await composeProject({
    salt,
    env: {},
    directory: "",
    files: [file],
    disk: {
      homedir: "",
      absolute: (_directory, path) => path.replace(/^\.\//, ""),
      readText: async (path) => {
        const found = path === file ? text : envFiles.get(baseOf(path));
        return found === undefined
          ? { ok: false, reason: "absent", detail: say("nobody-said") }
          : { ok: true, text: found, truncated: false };
      },
    },
  });
  if (!project.known) return {};
  const signs = composeSigns(project.value);
  if (signs === undefined) return {};
  const own = project.value.services.find((one) => one.name === signs.service);
  if (own === undefined) return { compose: { signs } };
  const values = Object.fromEntries([...own.environment].map(([key, { value }]) => [key, value]));
  const words = [...own.entrypoint, ...own.command];
  const release = releaseOfImage(own.image);
  return {
    compose: {
      signs,
      reading: composeReading(project.value, own, cliServiceOf(project.value.services, own.name), {}),
    },
    env: { source: file, values },
    flags: gatewayFlags(words, salt),
    ...(release === undefined ? {} : { release }),
    secrets: secretValues(values),
  };
}

/** `…/openclaw:2026.3.13`; a tag such as `latest` says nothing. */
function releaseOfImage(image: string | undefined): Told["release"] {
  const tag = /:v?([\w.-]{4,60})(?:@|$)/.exec(image ?? "")?.[1];
  const version = /(?:openclaw|clawdbot|moltbot)/i.test(image ?? "") ? releaseOf(tag) : undefined;
  return version === undefined ? undefined : { version, quote: safeText(image ?? "", 200) };
}

// ---- an engine's container

function isInspect(value: unknown): value is ContainerInspectInfo {
  return (
    isObject(value) &&
    typeof value.Id === "string" &&
    typeof value.Name === "string" &&
    (value.Config === undefined || isObject(value.Config)) &&
    (value.State === undefined || isObject(value.State)) &&
    (value.HostConfig === undefined || isObject(value.HostConfig))
  );
}

function inspectTold(containers: readonly ContainerInspectInfo[], salt: string): Told {
  const ours = containers.filter((one) =>
    /openclaw|clawdbot|moltbot/i.test(`${one.Name} ${one.Config?.Image ?? ""} ${wordsOf(one).join(" ")}`),
  );
  const info =
    ours.find((one) => isGatewayCommand(wordsOf(one))) ??
    ours[0] ??
    (containers.length === 1 ? containers[0] : undefined);
  if (info === undefined) return {};
  const gateway = containedGateway(info, salt);
  const secrets = secretValues(gateway.env);
  const workload = containerReading(info, createScrubber(secrets));
  const labels = info.Config?.Labels ?? {};
  const [service, project, directory] = [
    labels[SERVICE_LABEL],
    labels[PROJECT_LABEL],
    labels[DIRECTORY_LABEL],
  ];
  const program = programIn(wordsOf(info));
  const label = releaseOf(labels["org.opencontainers.image.version"]);
  const release =
    label === undefined
      ? releaseOfImage(info.Config?.Image)
      : { version: label, quote: `org.opencontainers.image.version=${label}` };
  return {
    workload,
    names: {
      container: workload.name,
      ...(typeof service === "string" && service !== "" ? { composeService: safeText(service, 100) } : {}),
      ...(typeof project === "string" && project !== usualName(directory)
        ? { composeProject: safeText(project, 100) }
        : {}),
      ...(program === undefined ? {} : { cli: program }),
    },
    env: { source: gateway.envSource, values: gateway.env },
    flags: gateway.flags,
    ...(release === undefined ? {} : { release }),
    secrets,
  };
}

function wordsOf(info: ContainerInspectInfo): readonly string[] {
  return commandWords({ ...info, Args: Array.isArray(info.Args) ? info.Args : [] });
}

/** The project's name that Compose would take by itself. */
function usualName(directory: string | undefined): string {
  return (
    (directory ?? "")
      .split("/")
      .at(-1)
      ?.toLowerCase()
      .replace(/[^a-z0-9_-]/g, "") ?? ""
  );
}

// ---- a cluster's objects

async function kubernetesTold({ text }: InputDocument, { salt }: ReadContext): Promise<Told> {
  const objects = (await objectsOf(text)).slice(0, 2000);
  const of = (kind: string) => objects.filter((one) => one.kind === kind);
  const secrets = of("Secret").flatMap((one) => [
    ...Object.values(textMapAt(one, "data")).flatMap((value) => decodedBase64(value)),
    ...Object.values(textMapAt(one, "stringData")),
  ]);
  const pods = of("Pod");
  const deployments = of("Deployment");
  const statefulSets = of("StatefulSet");
  const namespace =
    textAt([...deployments, ...statefulSets, ...pods][0], "metadata", "namespace") ?? "default";
  const maps = new Map(of("ConfigMap").map((one) => [nameOf(one), one]));
  const [candidate] = gatewaysOf({ namespace, pods, deployments, statefulSets });
  if (candidate === undefined) {
    const alone = [...maps.values()]
      .map((one) => textMapAt(one, "data")["openclaw.json"])
      .find((one) => one !== undefined);
    return {
      secrets,
      ...(alone === undefined ? {} : { config: { text: alone, path: "openclaw.json", isPart: false } }),
    };
  }
  const pod = leadingPod(candidate);
  const spec =
    pod === undefined ? objectAt(candidate.controller, "spec", "template", "spec") : objectAt(pod, "spec");
  const own = containerOf(spec, candidate.container);
  const plain = plainVariables(own);
  const values = Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [name, new Secret(value, salt)]),
  );
  const words = commandOf(own);
  const paths = locateConfig({ env: plain, homedir: plain.HOME ?? "/home/node", platform: "linux" });
  const source = configMapSource(spec, own, paths, maps);
  const config =
    source === undefined || source.taken === "once" || source.taken === "merged"
      ? undefined
      : configMapText(maps, source);
  const known = [...secrets, ...secretValues(values)];
  const program = programIn(words);
  const release = releaseOfImage(textAt(own, "image"));
  // A manifest says what is wanted; only what a cluster printed has a state.
  const isSeen = pod !== undefined && textAt(pod, "status", "phase") !== undefined;
  return {
    names: {
      namespace: safeText(namespace, 63),
      workload: safeText(workloadName(candidate), 300),
      container: safeText(candidate.container, 63),
      ...(program === undefined ? {} : { cli: program }),
    },
    ...(isSeen
      ? {
          workload: podReading(
            pod,
            candidate,
            {
              pods,
              services: of("Service"),
              ingresses: of("Ingress"),
              routes: of("HTTPRoute"),
              policies: of("NetworkPolicy"),
              events: of("Event"),
            },
            gatewayFlags(words, salt).port ?? DEFAULT_PORT,
            createScrubber(known),
          ),
        }
      : {}),
    ...(config === undefined ? {} : { config: { text: config, path: paths.configPath, isPart: false } }),
    env: { source: `${candidate.kind}/${safeText(candidate.name, 200)}`, values },
    flags: gatewayFlags(words, salt),
    ...(release === undefined ? {} : { release }),
    secrets: known,
  };
}

/** One object, a list of them, or a file of several. */
async function objectsOf(text: string): Promise<readonly Document[]> {
  const json = /^\s{0,400}[{[]/.test(text) ? parseBoundedJson(text) : undefined;
  const values: unknown[] = [];
  if (json !== undefined) values.push(json);
  else if (/^\s{0,400}Name:\s{2}/.test(text)) values.push(...describedPods(text));
  else
    for (const part of text.split(/^---(?:\s.{0,200})?$/m).slice(0, 200))
      values.push((await composeYaml(part))?.value);
  return values.flatMap((value) => {
    if (!isObject(value)) return [];
    return Array.isArray(value.items) ? listAt(value, "items") : [value];
  });
}

function decodedBase64(text: string): readonly string[] {
  if (!/^[A-Za-z0-9+/\s]{4,8192}={0,2}\s{0,4}$/.test(text)) return [];
  try {
    return [atob(text.replace(/\s/g, "")), text];
  } catch {
    return [];
  }
}

// ---- what OpenClaw and systemd print

function devicesTold(text: string): Told {
  const value = parseBoundedJson(text.trim());
  if (!isObject(value)) return { devices: devicesFromTable(text) };
  if (Array.isArray(value.pending) || Array.isArray(value.paired))
    return { devices: devicesFromLists(value.pending, value.paired) };
  const isPending = Object.values(value).some((one) => isObject(one) && "requestId" in one);
  const read = isPending
    ? devicesFromJson(text, undefined, "devices")
    : devicesFromJson(undefined, text, "devices");
  return read.known ? { devices: read.value } : {};
}

/** The findings of `openclaw doctor --json` (2026.7.1 with `--lint`, 2026.8.1 without), as the lines that they quote. */
function doctorLines(value: unknown): readonly string[] {
  const findings = isObject(value) && Array.isArray(value.findings) ? value.findings.slice(0, 500) : [];
  return findings.flatMap((one) => {
    if (!isObject(one)) return [];
    return [one.message, one.fixHint].flatMap((part) =>
      typeof part === "string" && part !== "" ? part.split(/\r?\n/).slice(0, 20) : [],
    );
  });
}

function systemdTold({ text, name }: InputDocument, { salt }: ReadContext): Told {
  const property = (key: string) => new RegExp(`^${key}=(.{1,4000})$`, "m").exec(text)?.[1]?.trim();
  // `systemctl show`: ExecStart={ path=… ; argv[]=node … gateway --port 18789 ; ignore_errors=no ; … }
  const argv = /^ExecStart=\{.{0,400}?argv\[\]=(.{1,4000}?) ; /m.exec(text)?.[1];
  const unit = unitEnv(
    argv === undefined ? text : text.replace(/^ExecStart=.*$/m, `ExecStart=${argv}`),
    salt,
  );
  const path = property("FragmentPath") ?? /^# (\/\S{1,300}\.service)$/m.exec(text)?.[1] ?? "";
  const id = property("Id") ?? path.split("/").at(-1) ?? baseOf(name);
  const units = path === "" ? (/\.service$/.test(id) ? [`/${id}`] : []) : [path];
  const status = property("ExecMainStatus");
  const state = [property("ActiveState"), property("SubState")].filter((one) => one !== undefined);
  const isDown = state[0] === "failed" || state.includes("auto-restart");
  return {
    units: units.map((one) => safeText(one, 300)),
    env: { source: safeText(id, 100), values: unit.values },
    flags: gatewayFlags(unit.exec, salt),
    // As systemd itself writes it into the journal.
    ...(isDown && status !== undefined
      ? {
          lines: [
            `${safeText(id, 100)}: Main process exited, code=exited, status=${safeText(status, 20)}`,
            `${safeText(id, 100)}: Failed with result '${safeText(property("Result") ?? "exit-code", 40)}'.`,
          ],
        }
      : {}),
    secrets: secretValues(unit.values),
  };
}
