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

/** Words of a running gateway's command line, and not of a client, a test or an editor that names one. */
export function isGatewayCommand(words: readonly string[]): boolean {
  if (words.length === 1 && /^(?:openclaw|clawdbot|moltbot)-gateway\s*$/.test(words[0] ?? "")) return true;
  const program = words.findIndex((word) =>
    /(?:^|\/)(?:openclaw|clawdbot|moltbot)(?:\.mjs)?$|(?:^|\/)dist\/(?:index|entry)\.m?js$/.test(word),
  );
  // `docker run … openclaw gateway` and the like have the program further back.
  if (program === -1 || program > 3) return false;
  if (
    program > 0 &&
    !words.slice(0, program).some((word) => /(?:^|\/)(?:node|bun|docker-init|tini|dumb-init)$/.test(word))
  )
    return false;
  const rest = words.slice(program + 1).filter((word) => !word.startsWith("-"));
  const verb =
    rest[0] === "gateway" || (rest[0] !== undefined && words.includes("--profile") && rest[1] === "gateway");
  if (!verb) return false;
  const sub = rest[rest.indexOf("gateway") + 1];
  return (
    sub === undefined ||
    !/^(?:status|restart|stop|start|install|uninstall|call|health|probe|discover|auth-token|usage-cost|diagnostics)$/.test(
      sub,
    )
  );
}
