import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Secret } from "../core/secret.ts";

/** What a command needs to reach the gateway on loopback, whatever the config binds it to. */
export interface LoopbackCall {
  readonly port: number;
  readonly token?: Secret;
  readonly password?: Secret;
}

/** The variables of such a command, and how to clear up after it. */
interface Prepared {
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/**
 * A configuration for one command, of a gateway that is bound to loopback. There is no secret in it: the command takes
 * them from its environment. `--url` would want them among its words, which everybody can read.
 */
export async function loopbackConfig(
  { port, token, password }: LoopbackCall,
  /** Whose program it is for, where that is another user. */
  reader: { readonly uid: number; readonly gid: number } | undefined,
): Promise<Prepared> {
  const directory = await mkdtemp(join(tmpdir(), "pairing-doctor-call-"));
  const file = join(directory, "openclaw.json");
  await writeFile(file, JSON.stringify({ gateway: { mode: "local", port, bind: "loopback" } }), {
    mode: 0o600,
  });
  if (reader !== undefined) for (const path of [file, directory]) await chown(path, reader.uid, reader.gid);
  return {
    env: {
      OPENCLAW_CONFIG_PATH: file,
      ...(token === undefined ? {} : { OPENCLAW_GATEWAY_TOKEN: token.reveal() }),
      ...(password === undefined ? {} : { OPENCLAW_GATEWAY_PASSWORD: password.reveal() }),
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
