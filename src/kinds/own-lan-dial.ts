import { atLeast } from "../core/release.ts";

/**
 * Whether OpenClaw's own command dials an address of the network instead of loopback: from 2026.2.9 to 2026.2.19 with
 * `gateway.bind: lan` (shipped code; not 2026.2.6-3 and 2026.2.22). There it is a stranger that has to be approved, and
 * from 2026.2.18 on it stops by itself, as the socket is plain text (run 2026.2.19). With `--url` it takes the token
 * from its options alone (shipped code of 2026.2.19).
 */
export function dialsOwnLan(release: string | undefined, bind: unknown): boolean {
  return bind === "lan" && atLeast(release, "2026.2.9") === true && atLeast(release, "2026.2.22") === false;
}
