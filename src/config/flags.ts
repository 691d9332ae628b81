import { Secret } from "../core/secret.ts";

/** What the command line of a running gateway says. These win over environment and config in every release. */
export interface GatewayFlags {
  readonly port?: number;
  readonly bind?: string;
  readonly authMode?: string;
  readonly tailscale?: string;
  readonly profile?: string;
  readonly token?: Secret;
  readonly password?: Secret;
}

/** Reads the words of a gateway's command line; unknown words are passed over. */
export function gatewayFlags(argv: readonly string[], salt: string): GatewayFlags {
  const value = (name: string): string | undefined => {
    let found: string | undefined;
    argv.slice(0, 200).forEach((word, index) => {
      if (word === name) found = argv[index + 1];
      else if (word.startsWith(`${name}=`)) found = word.slice(name.length + 1);
    });
    const trimmed = found?.trim();
    return trimmed === undefined || trimmed === "" || trimmed.startsWith("--") ? undefined : trimmed;
  };
  const port = value("--port");
  const bind = value("--bind");
  const authMode = value("--auth");
  const tailscale = value("--tailscale");
  const profile = argv.includes("--dev") ? "dev" : value("--profile");
  const token = value("--token");
  const password = value("--password");
  return {
    ...(port !== undefined && /^\d{1,5}$/.test(port) ? { port: Number(port) } : {}),
    ...(bind === undefined ? {} : { bind }),
    ...(authMode === undefined ? {} : { authMode }),
    ...(tailscale === undefined ? {} : { tailscale }),
    ...(profile === undefined ? {} : { profile }),
    ...(token === undefined ? {} : { token: new Secret(token, salt) }),
    ...(password === undefined ? {} : { password: new Secret(password, salt) }),
  };
}
