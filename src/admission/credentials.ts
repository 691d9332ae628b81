import type { AdmissionConfig, Connection, Credential, SentCredentials } from "../core/connection.ts";

type Gateway = NonNullable<AdmissionConfig["gateway"]>;

/** The mode in force: what is set, else password when one is set, else token (the gateway makes one up). */
export function authMode(gateway: Gateway): string {
  const { mode, password } = gateway.auth ?? {};
  if (typeof mode === "string" && mode !== "") return mode;
  return password === undefined || password === null ? "token" : "password";
}

export function isSecretMode(mode: string): mode is "token" | "password" {
  return mode === "token" || mode === "password";
}

/** Each field of `connect.auth`: as the connection says them, or the one that `auth` means in this mode. */
export function sentCredentials({ sends, auth }: Connection, gateway: Gateway): SentCredentials {
  if (sends !== undefined) return sends;
  const mode = authMode(gateway);
  // Mode trusted-proxy reads a password where one is configured.
  const byPassword = mode === "password" || (mode === "trusted-proxy" && hasPassword(gateway));
  switch (auth) {
    case "missing":
      return {};
    case "valid":
      return byPassword ? { password: "gateway-password" } : { token: "gateway-token" };
    case "wrong":
      return byPassword ? { password: "wrong" } : { token: "wrong" };
    case "password-instead-of-token":
      return { password: mode === "password" ? "gateway-password" : "wrong" };
  }
}

export function hasPassword({ auth }: Gateway): boolean {
  return auth?.password !== undefined && auth.password !== null;
}

export function sentNothing(sent: SentCredentials): boolean {
  return Object.values(sent).every((credential) => credential === undefined);
}

/** Whether this text is the secret of the mode. */
export function isSecret(credential: Credential, mode: "token" | "password", trims: boolean): boolean {
  if (mode === "password") return credential === "gateway-password";
  return credential === "gateway-token" || (trims && credential === "padded-gateway-token");
}
