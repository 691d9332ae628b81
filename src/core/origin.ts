const HOST = /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?|\[[0-9a-f:.]{2,45}\])$/;

/**
 * An origin as browsers send it (RFC 6454), or `undefined` for anything else: `null`, another scheme, a path, letters
 * that no host name has. A log has in this place whatever a client sent.
 */
export function asOrigin(text: string | undefined): string | undefined {
  const lower = text?.trim().toLowerCase();
  if (lower === undefined || lower.length > 300 || !URL.canParse(lower)) return undefined;
  const { protocol, hostname, origin } = new URL(lower);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  return HOST.test(hostname) && origin === lower ? origin : undefined;
}
