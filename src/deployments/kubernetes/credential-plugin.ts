import { resolve } from "node:path";
import type { Cluster } from "@kubernetes/client-node";
import { whyUnknown } from "../../core/fact.ts";
import { isObject, parseBoundedJson } from "../../core/json.ts";
import { kindOfKey } from "../../core/named-secrets.ts";
import { say } from "../../core/saying.ts";
import { createScrubber } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import { isSecretVariable } from "../../kinds/contained/program.ts";
import { listAt, objectAt, textAt, textsAt } from "../../kinds/kubernetes/fields.ts";
import { runToEnd, tellingLine } from "../command.ts";
import type { World } from "../world.ts";
import { KubeError } from "./error.ts";
import type { Plugin } from "./kubeconfig-file.ts";

/** It may renew a token, and ends before those who wait for the cluster give up, so that its name is told. Milliseconds. */
const PLUGIN_MS = 10_000;
/** Of what it says of its failure. */
const MOST_SAID = 2000;
/** Values, and characters of all of them, that are kept out of what it says; beside more nothing of it is shown. */
const MOST_VALUES = 1000;
const MOST_OF_VALUES = 65_536;

export interface PluginAnswer {
  readonly credential: { readonly token?: string; readonly certificate?: string; readonly key?: string };
  /** What the kubeconfig hands it that is secret; what it answers is not among them. */
  readonly secrets: readonly string[];
}

/**
 * What a credential plugin gives. The library runs one for each request that has no expiry, waits for it without end and
 * tells it nothing of the cluster (1.4); here it runs once, for at most `timeoutMs`.
 * @throws {KubeError} it cannot be run, or gives nothing.
 */
export async function credentialOf(
  { exec, command, directory }: Plugin,
  cluster: Cluster,
  world: World,
  timeoutMs = PLUGIN_MS,
): Promise<PluginAnswer> {
  const shown = safeText(command, 100);
  const apiVersion = textAt(exec, "apiVersion") ?? "client.authentication.k8s.io/v1";
  const args = textsAt(exec, "args");
  const own = listAt(exec, "env").flatMap((one): (readonly [string, string])[] => {
    const name = textAt(one, "name");
    return name === undefined ? [] : [[name, textAt(one, "value") ?? ""]];
  });
  const inherited = Object.entries(world.env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const env = {
    ...Object.fromEntries([...inherited, ...own]),
    KUBERNETES_EXEC_INFO: JSON.stringify({
      apiVersion,
      kind: "ExecCredential",
      spec: {
        interactive: false,
        ...(exec.provideClusterInfo === true
          ? { cluster: { server: cluster.server, "certificate-authority-data": cluster.caData } }
          : {}),
      },
    }),
  };
  const path = command.includes("/") ? resolve(directory, command) : command;
  const outcome = await runToEnd([path, ...args], {
    env,
    cwd: world.cwd,
    signal: AbortSignal.timeout(timeoutMs + 1000),
    timeoutMs,
  });
  if (!outcome.known)
    throw new KubeError(
      "plugin",
      outcome.reason === "absent"
        ? say("plugin-absent", { program: shown })
        : say("plugin-failed", { program: shown, why: whyUnknown(outcome) }),
    );
  const { exitCode, stdout, stderr } = outcome.value;
  const secrets = [...secretArguments(args), ...secretVariables(own)];
  if (exitCode !== 0) {
    const values = [
      ...secrets,
      ...own.map(([, value]) => value),
      ...secretVariables(inherited),
      ...valuesIn(stdout),
    ];
    // What it printed for us alone is shown to nobody.
    const line = tellingLine({ exitCode, stdout: "", stderr }).slice(0, MOST_SAID);
    const isMuch = values.length > MOST_VALUES || values.join("").length > MOST_OF_VALUES;
    const said = isMuch ? "" : createScrubber(values)(line).text;
    throw new KubeError(
      "plugin",
      say("plugin-ended", { program: shown, code: exitCode, text: safeText(said, 200) }),
    );
  }
  const status = objectAt(parseBoundedJson(stdout), "status");
  const token = textAt(status, "token");
  const certificate = textAt(status, "clientCertificateData");
  const key = textAt(status, "clientKeyData");
  if (token === undefined && (certificate === undefined || key === undefined))
    throw new KubeError("plugin", say("plugin-without-credential", { program: shown }));
  return {
    credential: {
      ...(token === undefined ? {} : { token }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(key === undefined ? {} : { key }),
    },
    secrets,
  };
}

/** Values of `--client-secret VALUE` and `--client-secret=VALUE`, of whatever option has a secret's name. */
function secretArguments(args: readonly string[]): readonly string[] {
  return args.flatMap((word, at) => {
    const [, name = "", value] =
      /^-{1,2}([\w.-]{1,60})(?:=(.*))?$/s.exec(word) ?? /^(\w{1,60})=(.*)$/s.exec(word) ?? [];
    if (kindOfKey(name) !== "secret") return [];
    return value ?? args[at + 1] ?? [];
  });
}

function secretVariables(pairs: readonly (readonly [string, string])[]): readonly string[] {
  return pairs.flatMap(([name, value]) =>
    kindOfKey(name) === "secret" || isSecretVariable(name, value) ? value : [],
  );
}

/** Every text of an answer; of one that is broken off or no JSON, its words. */
function valuesIn(stdout: string): readonly string[] {
  const answer = parseBoundedJson(stdout);
  if (answer === undefined) return stdout.split(/[\s"'`,;{}[\]]+/).filter((word) => word !== "");
  const found: string[] = [];
  const left: unknown[] = [answer];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one === "string") found.push(one);
    else if (Array.isArray(one) || isObject(one)) left.push(...Object.values(one));
  }
  return found;
}
