// A stand-in for Tailscale's program: says who an address belongs to, and pretends to serve.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { TAILNET } from "./cases/tailscale.ts";

export interface Tailnet {
  /** Folder to put first in the PATH. */
  readonly bin: string;
  /** The port that the gateway wanted served, once it has asked. */
  servedPort(): number | undefined;
}

/** Words of the real program that gateways wait for: `Press Ctrl+C to exit.` of a serve in the foreground. */
const SCRIPT = `#!/bin/sh
log="$(dirname "$0")/asked"
case "$1 $2" in
  "version "*) echo 1.80.0 ;;
  "status "*) echo '{"BackendState":"Running","Self":{"DNSName":"box.tail1.ts.net.","TailscaleIPs":["100.64.0.1"]}}' ;;
  "serve status"|"funnel status") echo '{}' ;;
  "whois "*)
    for last; do :; done
    case "$last" in
      ${TAILNET.same}*) echo '{"UserProfile":{"LoginName":"alice@example.com","DisplayName":"Alice"}}' ;;
      ${TAILNET.other}*) echo '{"UserProfile":{"LoginName":"bob@example.com","DisplayName":"Bob"}}' ;;
      *) echo "no such peer" >&2; exit 1 ;;
    esac ;;
  "serve "*|"funnel "*)
    echo "$@" >> "$log"
    case "$*" in
      *--bg=false*) echo "Press Ctrl+C to exit."; exec sleep 3600 ;;
      *) exit 0 ;;
    esac ;;
  *) exit 0 ;;
esac
`;

export function standInTailnet(folder: string): Tailnet {
  mkdirSync(folder, { recursive: true });
  const program = path.join(folder, "tailscale");
  writeFileSync(program, SCRIPT);
  chmodSync(program, 0o755);
  const asked = path.join(folder, "asked");
  return {
    bin: folder,
    servedPort() {
      const lines = existsSync(asked) ? readFileSync(asked, "utf8").trim().split("\n") : [];
      const port = /(\d{2,5})\/?\s*$/.exec(lines.at(-1) ?? "")?.[1];
      return port === undefined ? undefined : Number(port);
    },
  };
}
