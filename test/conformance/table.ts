// Which releases were asked, by which ways and as which clients, and how often the model said the same.
import { admit } from "../../src/admission/admit.ts";
import type { Connection } from "../../src/core/connection.ts";
import { foretold } from "./answer.ts";
import type { FixtureRow } from "./fixture.ts";

/** One row's answers side by side. */
export interface Judged {
  readonly row: FixtureRow;
  readonly foretold: string;
  readonly agrees: boolean;
}

export function judge(rows: readonly FixtureRow[]): readonly Judged[] {
  return rows.map((row) => {
    const { release, config, connection, start } = row;
    const said = foretold(admit({ release, config, connection, ...(start === undefined ? {} : { start }) }));
    return { row, foretold: said, agrees: said === row.answer };
  });
}

export const WAYS = ["loopback", "published port", "LAN", "proxy", "Tailscale"] as const;
export const CLIENTS = ["Control UI", "CLI", "node", "backend", "other"] as const;

const FORWARDING = /^(?:forwarded|x-real-ip|x-forwarded-)/;

export function wayOf({ remoteAddress, headers, listener }: Connection): (typeof WAYS)[number] {
  const names = Object.keys(headers);
  if (listener === "tailscale" || names.some((name) => name.startsWith("tailscale-"))) return "Tailscale";
  if (names.some((name) => FORWARDING.test(name))) return "proxy";
  if (/^(?:127\.|::1$|::ffff:127\.)/.test(remoteAddress)) return "loopback";
  return /^(?:localhost|127\.|\[::1\])/i.test(headers.host ?? "") ? "published port" : "LAN";
}

export function clientOf({ client, role }: Connection): (typeof CLIENTS)[number] {
  if (role === "node") return "node";
  if (client.id === "openclaw-control-ui") return "Control UI";
  if (client.mode === "backend") return "backend";
  return client.id === "cli" ? "CLI" : "other";
}

/** Markdown: a line for each release, `agreed/asked` for each way and client. */
export function conformanceTable(judged: readonly Judged[]): string {
  const releases = [...new Set(judged.map(({ row }) => row.release))];
  const columns: readonly (readonly [string, (connection: Connection) => boolean])[] = [
    ["all", () => true],
    ...WAYS.map((way) => [way, (connection: Connection) => wayOf(connection) === way] as const),
    ...CLIENTS.map(
      (client) => [client, (connection: Connection) => clientOf(connection) === client] as const,
    ),
  ];
  const lines = releases.map((release) => {
    const own = judged.filter(({ row }) => row.release === release);
    const cells = columns.map(([, belongs]) => {
      const some = own.filter(({ row }) => belongs(row.connection));
      return some.length === 0 ? "–" : `${some.filter(({ agrees }) => agrees).length}/${some.length}`;
    });
    return `| ${release} | ${cells.join(" | ")} |`;
  });
  const head = `| release | ${columns.map(([name]) => name).join(" | ")} |`;
  return [head, `|---|${columns.map(() => "---:|").join("")}`, ...lines].join("\n");
}
