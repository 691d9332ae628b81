import type { Cluster, User } from "@kubernetes/client-node";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { World } from "../world.ts";
import { credentialOf } from "./credential-plugin.ts";
import { KubeError } from "./error.ts";
import type { NamedUser } from "./kubeconfig-file.ts";

/** Bytes of a file with a certificate, several of them, a key or a token. */
const MAX_FILE = 1_048_576;

/** The cluster with its certificates in the place of their file, as the library reads files without a bound (1.4). */
export async function withAuthority({ caData, caFile, ...cluster }: Cluster, world: World): Promise<Cluster> {
  const data = caData ?? (caFile === undefined ? undefined : base64(await textOf(caFile, world)));
  return { ...cluster, ...(data === undefined ? {} : { caData: data }) };
}

/**
 * The user with everything that a file holds or a plugin gives in the place of its name, and all that may not be shown of
 * it. As kubectl has it: data before files, but the file of a token before a token.
 * @throws {KubeError} something cannot be read, a plugin gives nothing, or the user logs in by what kubectl has dropped.
 */
export async function withCredentials(
  named: NamedUser,
  cluster: Cluster,
  world: World,
): Promise<{ readonly user: User; readonly secrets: readonly string[] }> {
  const { authProvider, plugin, tokenFile, certFile, keyFile, ...plain } = named;
  if (authProvider !== undefined)
    throw new KubeError("kubeconfig", say("kubeconfig-auth-provider", { name: safeText(authProvider, 100) }));
  if (plugin !== undefined) {
    const { credential, secrets } = await credentialOf(plugin, cluster, world);
    const { token, certificate, key } = credential;
    const user = {
      name: plain.name,
      ...(token === undefined ? {} : { token }),
      ...(certificate === undefined || key === undefined
        ? {}
        : { certData: base64(certificate), keyData: base64(key) }),
    };
    return { user, secrets: [...secrets, ...secretsOf(user)] };
  }
  const inFile = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : textOf(path, world);
  const token = (await inFile(tokenFile))?.trim() ?? plain.token;
  const certificate = plain.certData === undefined ? await inFile(certFile) : undefined;
  const key = plain.keyData === undefined ? await inFile(keyFile) : undefined;
  const user = {
    ...plain,
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined ? {} : { certData: base64(certificate) }),
    ...(key === undefined ? {} : { keyData: base64(key) }),
  };
  return { user, secrets: secretsOf(user) };
}

/** @throws {KubeError} */
async function textOf(path: string, world: World): Promise<string> {
  const read = await world.readText(path, MAX_FILE);
  const shown = safeText(path, 200);
  if (!read.ok) throw new KubeError("kubeconfig", say("unread", { path: shown, why: read.detail }));
  if (read.truncated) throw new KubeError("kubeconfig", say("kubeconfig-too-long", { path: shown }));
  return read.text;
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

function secretsOf({ token, username, password, keyData }: User): readonly string[] {
  const basic = password === undefined ? undefined : base64(`${username ?? ""}:${password}`);
  return [token, password, basic, keyData].filter((one): one is string => one !== undefined && one !== "");
}
