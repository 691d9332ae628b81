import { delimiter, dirname, resolve } from "node:path";
import type { Cluster, Context, User } from "@kubernetes/client-node";
import { load } from "js-yaml";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { type Document, isTrueAt, listAt, objectAt, textAt } from "../../kinds/kubernetes/fields.ts";
import type { World } from "../world.ts";
import { KubeError } from "./error.ts";

/** A user as a kubeconfig has it; paths are absolute. */
export interface NamedUser
  extends Pick<User, "name" | "token" | "username" | "password" | "certData" | "certFile" | "keyData"> {
  readonly keyFile?: string;
  readonly impersonateUser?: string;
  readonly tokenFile?: string;
  /** Of the login that kubectl has dropped. */
  readonly authProvider?: string;
  readonly plugin?: Plugin;
}

/** A credential plugin: `exec` of a user. */
export interface Plugin {
  readonly exec: Document;
  readonly command: string;
  /** Of its kubeconfig; a relative command is looked for there. */
  readonly directory: string;
}

/** What the kubeconfigs say together. */
export interface Kubeconfig {
  /** How many of them are there. */
  readonly files: number;
  readonly clusters: readonly Cluster[];
  readonly users: readonly NamedUser[];
  readonly contexts: readonly Context[];
  readonly currentContext: string | undefined;
}

/** Bytes of one kubeconfig. */
const MAX_KUBECONFIG = 4_000_000;
const MAX_FILES = 20;

/**
 * As kubectl reads them: of the files of KUBECONFIG the first that says something has it, a file that is not there is
 * passed over; else `~/.kube/config`. The client library takes the last current-context of several files, throws for a
 * missing file or a name in two of them, and reads the file behind `token-file` at once, a FIFO without end (1.4).
 * @throws {KubeError}
 */
export async function readKubeconfigs(world: World): Promise<Kubeconfig> {
  const parts: Omit<Kubeconfig, "files">[] = [];
  for (const file of kubeconfigFiles(world)) {
    const read = await world.readText(file, MAX_KUBECONFIG);
    if (!read.ok && read.reason === "absent") continue;
    const shown = safeText(file, 200);
    if (!read.ok) throw new KubeError("kubeconfig", say("unread", { path: shown, why: read.detail }));
    if (read.truncated) throw new KubeError("kubeconfig", say("kubeconfig-too-long", { path: shown }));
    try {
      parts.push(kubeconfigIn(load(read.text), dirname(file)));
    } catch {
      // What the parser says quotes the file.
      throw new KubeError("kubeconfig", say("kubeconfig-odd", { path: shown }));
    }
  }
  return {
    files: parts.length,
    clusters: firstOfName(parts.flatMap(({ clusters }) => clusters)),
    users: firstOfName(parts.flatMap(({ users }) => users)),
    contexts: firstOfName(parts.flatMap(({ contexts }) => contexts)),
    currentContext: parts.map(({ currentContext }) => currentContext).find((name) => name !== undefined),
  };
}

function kubeconfigFiles({ env, homedir, cwd }: World): readonly string[] {
  const named = (env.KUBECONFIG ?? "").split(delimiter).filter((path) => path !== "");
  if (named.length === 0) return [`${homedir}/.kube/config`];
  return named.slice(0, MAX_FILES).map((path) => resolve(cwd, path));
}

function firstOfName<T extends { readonly name: string }>(all: readonly T[]): T[] {
  const seen = new Map<string, T>();
  for (const one of all) if (!seen.has(one.name)) seen.set(one.name, one);
  return [...seen.values()];
}

function kubeconfigIn(document: unknown, directory: string): Omit<Kubeconfig, "files"> {
  const named = <T>(list: string, make: (name: string, entry: Document) => T): readonly T[] =>
    listAt(document, list).flatMap((entry) => {
      const name = textAt(entry, "name");
      return name === undefined ? [] : [make(name, entry)];
    });
  return {
    clusters: named("clusters", (name, entry) => clusterOf(name, objectAt(entry, "cluster"), directory)),
    users: named("users", (name, entry) => userOf(name, objectAt(entry, "user"), directory)),
    contexts: named("contexts", (name, entry) => contextOf(name, objectAt(entry, "context"))),
    currentContext: textAt(document, "current-context"),
  };
}

function clusterOf(name: string, cluster: Document, directory: string): Cluster {
  return {
    name,
    server: (textAt(cluster, "server") ?? "").replace(/\/$/, ""),
    skipTLSVerify: isTrueAt(cluster, "insecure-skip-tls-verify"),
    ...texts(cluster, {
      caData: "certificate-authority-data",
      tlsServerName: "tls-server-name",
      proxyUrl: "proxy-url",
    }),
    ...paths(cluster, { caFile: "certificate-authority" }, directory),
  };
}

function userOf(name: string, user: Document, directory: string): NamedUser {
  const exec = objectAt(user, "exec");
  const command = textAt(exec, "command");
  const provider = objectAt(user, "auth-provider");
  return {
    name,
    ...texts(user, {
      token: "token",
      username: "username",
      password: "password",
      certData: "client-certificate-data",
      keyData: "client-key-data",
      impersonateUser: "as",
    }),
    ...paths(
      user,
      { certFile: "client-certificate", keyFile: "client-key", tokenFile: "tokenFile" },
      directory,
    ),
    ...(Object.keys(provider).length === 0 ? {} : { authProvider: textAt(provider, "name") ?? "?" }),
    ...(command === undefined ? {} : { plugin: { exec, command, directory } }),
  };
}

function contextOf(name: string, context: Document): Context {
  const namespace = textAt(context, "namespace");
  return {
    name,
    cluster: textAt(context, "cluster") ?? "",
    user: textAt(context, "user") ?? "",
    ...(namespace === undefined ? {} : { namespace }),
  };
}

type Texts<K extends string> = { readonly [key in K]?: string };

function texts<K extends string>(from: Document, keys: Readonly<Record<K, string>>): Texts<K> {
  const found = Object.entries<string>(keys).flatMap(([name, key]) => {
    const text = textAt(from, key);
    return text === undefined ? [] : [[name, text]];
  });
  return Object.fromEntries(found) as Texts<K>;
}

function paths<K extends string>(
  from: Document,
  keys: Readonly<Record<K, string>>,
  directory: string,
): Texts<K> {
  const found = Object.entries<string>({ ...texts<string>(from, keys) } as Record<string, string>).map(
    ([name, path]) => [name, resolve(directory, path)],
  );
  return Object.fromEntries(found) as Texts<K>;
}
