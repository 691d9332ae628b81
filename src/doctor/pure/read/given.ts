import { gatewayFlags } from "../../../config/flags.ts";
import { type ReadConfigInput, readConfig } from "../../../config/read.ts";
import { type Fact, type Known, known, unknown } from "../../../core/fact.ts";
import type { ConfigReading, Deployment, DeploymentNames, DeviceList, Release } from "../../../core/facts.ts";
import { compareReleases } from "../../../core/release.ts";
import { say } from "../../../core/saying.ts";
import type { ComposeSigns } from "../../../kinds/docker/services.ts";
import { type InputDocument, type Told, told } from "./documents.ts";

/** What the documents say together. */
export interface Given {
  readonly names?: DeploymentNames;
  /** Names of files that gave the names. */
  readonly namesFrom?: string;
  readonly compose?: ComposeSigns;
  readonly contained?: Pick<Deployment, "workload" | "compose">;
  readonly devices?: Known<DeviceList>;
  readonly release?: Known<Release>;
  readonly units: readonly string[];
  /** For the log's reader, by the document that they are of. */
  readonly lines: readonly { readonly name: string; readonly lines: readonly string[] }[];
  /** Values that must not be seen. */
  readonly secrets: readonly string[];
  /** The config as a gateway of this release reads it; absent where nothing says anything of one. */
  config?(release: string | undefined): Fact<ConfigReading>;
}

/** Joins documents into facts: of several of a kind the last one that says something. */
export async function givenBy(documents: readonly InputDocument[], salt: string): Promise<Given> {
  const envFiles = new Map(
    documents
      .filter(({ as }) => as === "env")
      .map(({ name, text }) => [name.split(/[\\/]/).at(-1) ?? name, text]),
  );
  const all: { readonly name: string; readonly told: Told }[] = [];
  for (const document of documents)
    all.push({ name: shown(document), told: await told(document, { salt, envFiles }) });
  const last = <T>(
    pick: (one: Told) => T | undefined,
  ): { readonly name: string; readonly value: T } | undefined => {
    for (const one of [...all].reverse()) {
      const value = pick(one.told);
      if (value !== undefined) return { name: one.name, value };
    }
    return undefined;
  };
  const names = last((one) => one.names);
  const workload = last((one) => one.workload)?.value;
  const compose = last((one) => one.compose)?.value;
  const devices = last((one) => one.devices);
  const releases = all.flatMap(({ told: { release }, name }) =>
    release === undefined ? [] : [{ ...release, name }],
  );
  const release = releases.sort((a, b) => compareReleases(a.version, b.version)).at(-1);
  const contained = {
    ...(workload === undefined ? {} : { workload }),
    ...(compose?.reading === undefined ? {} : { compose: compose.reading }),
  };
  const config = configOf(all, salt);
  return {
    ...(names === undefined ? {} : { names: names.value, namesFrom: names.name }),
    ...(compose === undefined ? {} : { compose: compose.signs }),
    ...(Object.keys(contained).length === 0 ? {} : { contained }),
    ...(devices === undefined ? {} : { devices: known(devices.value, devices.name) }),
    ...(release === undefined
      ? {}
      : {
          release: known(
            { version: release.version, confidence: "likely", from: "image" } as const,
            `${release.name}: ${release.quote}`,
          ),
        }),
    units: all.flatMap(({ told: { units = [] } }) => units),
    lines: all.flatMap(({ name, told: { lines = [] } }) => (lines.length === 0 ? [] : [{ name, lines }])),
    secrets: [...new Set(all.flatMap(({ told: { secrets = [] } }) => secrets))].filter(
      (one) => one.length >= 4,
    ),
    ...(config === undefined ? {} : { config }),
  };
}

function shown({ name, line }: InputDocument): string {
  return line === undefined ? name : `${name}:${line}`;
}

/** Where a config is, or the command line and the environment of a gateway that say as much. */
function configOf(
  all: readonly { readonly name: string; readonly told: Told }[],
  salt: string,
): Given["config"] | undefined {
  const file = all.map(({ told: { config } }) => config).findLast((one) => one !== undefined);
  const environments = all.flatMap(({ told: { env } }) => (env === undefined ? [] : [env]));
  const flags = all
    .map(({ told }) => told.flags)
    .findLast((one) => one !== undefined && Object.keys(one).length > 0);
  const speaks = environments.some(({ values }) => Object.keys(values).some((name) => NAMED.test(name)));
  if (file === undefined && flags === undefined && !speaks) return undefined;
  const isContained = all.some(
    ({ told: { workload, compose } }) => workload !== undefined || compose !== undefined,
  );
  const path = file?.path ?? "openclaw.json";
  const input: ReadConfigInput = {
    text: file?.text,
    path,
    stateDir: path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "~/.openclaw",
    env: {},
    services: environments.map(({ source, values }) => ({
      from: "env",
      source,
      values,
      ...(/^\.env/.test(source) ? { dotenv: true } : {}),
    })),
    flags: flags ?? gatewayFlags([], salt),
    ...(isContained ? { container: true } : {}),
    salt,
  };
  return (release) => {
    const { reading } = readConfig(release === undefined ? input : { ...input, release });
    // It is not known what it sets; its secrets are, by their names and looks.
    if (reading.problems.some(({ kind, key }) => kind === "unreadable" && key === ""))
      return unknown("failed", say("config-too-long", { path }));
    const isPart = file === undefined || file.isPart;
    return known(isPart ? asWritten(reading) : reading, path);
  };
}

const NAMED = /^(?:OPENCLAW|CLAWDBOT)_(?:GATEWAY|CONFIG|STATE)/;

/** A part of a config says nothing of the keys that it does not have: they may be set elsewhere in it. */
function asWritten(reading: ConfigReading): ConfigReading {
  const origins = Object.fromEntries(
    Object.entries(reading.origins).filter(([, { from }]) => from !== "default"),
  );
  const effective = structuredClone(reading.effective) as Record<string, unknown>;
  for (const [path, { from }] of Object.entries(reading.origins))
    if (from === "default") drop(effective, path.split("."));
  return { ...reading, effective, origins };
}

function drop(holder: Record<string, unknown>, [key = "", ...rest]: readonly string[]): void {
  const value = holder[key];
  if (rest.length === 0) delete holder[key];
  else if (typeof value === "object" && value !== null) drop(value as Record<string, unknown>, rest);
}
