import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { admit } from "../../src/admission/admit.ts";
import type { Boundary } from "../../src/admission/boundaries.ts";
import { browserDevice, pageBehaviour, pageScopes } from "../../src/admission/page.ts";
import { BOUNDARIES, MEASURED_RELEASES } from "../../src/admission/releases.ts";
import type { AdmissionConfig, AdmissionInput } from "../../src/core/connection.ts";
import { DEFAULT_PORT } from "../../src/core/default-port.ts";
import { DOCKER_BRIDGE } from "../../src/core/networks.ts";

// npm run docs: docs/releases.md, from the data of src/admission and the measured connections of fixtures/admissions.
// test/docs.test.ts fails while the two differ.
export const RELEASES_PAGE = fileURLToPath(new URL("../../docs/releases.md", import.meta.url));

/** A way on which a new Control UI with the right token comes, and what openclaw.json says of it. */
interface Way {
  readonly name: string;
  readonly page: string;
  readonly peer: string;
  readonly forwarded?: string;
  readonly token?: "missing";
  readonly gateway?: (page: string) => NonNullable<AdmissionConfig["gateway"]>;
}

const PROXIED = { page: "https://claw.example.com", peer: "127.0.0.1", forwarded: "203.0.113.7" };
const LAN = { page: `http://192.168.1.10:${DEFAULT_PORT}`, peer: "192.168.1.2" };
const LOOPBACK = { page: `http://127.0.0.1:${DEFAULT_PORT}`, peer: "127.0.0.1" };
const allowing = (page: string) => ({ controlUi: { allowedOrigins: [page] } });

const WAYS: readonly Way[] = [
  { name: "loopback", ...LOOPBACK },
  { name: "loopback, no token", ...LOOPBACK, token: "missing" },
  { name: "published port", ...LOOPBACK, peer: DOCKER_BRIDGE },
  { name: "LAN, http", ...LAN },
  { name: "LAN, http, origin allowed", ...LAN, gateway: allowing },
  { name: "proxy", ...PROXIED },
  { name: "proxy, origin allowed", ...PROXIED, gateway: allowing },
  {
    name: "trusted proxy, origin allowed",
    ...PROXIED,
    gateway: (page) => ({ ...allowing(page), trustedProxies: ["127.0.0.1"] }),
  },
];

function inputOf(release: string, { page, peer, forwarded, token, gateway }: Way): AdmissionInput {
  const { host, origin, protocol, hostname } = new URL(page);
  const isSecure = protocol === "https:" || hostname === "127.0.0.1";
  return {
    release,
    config: { gateway: { port: DEFAULT_PORT, auth: { mode: "token", token: true }, ...gateway?.(page) } },
    connection: {
      remoteAddress: peer,
      headers: { host, origin, ...(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }) },
      client: { id: "openclaw-control-ui", mode: "webchat" },
      role: "operator",
      scopes: pageScopes(release),
      auth: token ?? "valid",
      device: { state: browserDevice(release, isSecure) },
    },
  };
}

function answerTo(input: AdmissionInput): string {
  const { outcome, gate, autoApproved, httpStatus } = admit(input);
  if (outcome === "admitted") return autoApproved ? "**in**, approved" : "**in**";
  return httpStatus === 101 ? `${gate}` : `${gate} (${httpStatus})`;
}

function measuredCounts(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of ["rows", "unseen-rows", "beyond-rows", "conformance-rows"]) {
    const file = new URL(`../../fixtures/admissions/${name}.jsonl.gz`, import.meta.url);
    for (const line of gunzipSync(readFileSync(file)).toString("utf8").trimEnd().split("\n")) {
      const { release } = JSON.parse(line) as { readonly release: string };
      counts.set(release, (counts.get(release) ?? 0) + 1);
    }
  }
  return counts;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function pageRow(release: string): readonly string[] {
  const input = inputOf(release, { ...LOOPBACK, name: "" });
  const { tokenFrom, deviceInInsecureContext, connectsByItself } = pageBehaviour(release, admit(input));
  return [
    release,
    { query: "`?token=`", hash: "`#token=`", both: "`?token=` or `#token=`" }[tokenFrom],
    deviceInInsecureContext ? "yes" : "no",
    connectsByItself ? "yes" : "no: Connect or reload",
    pageScopes(release)
      .map((scope) => scope.replace("operator.", ""))
      .join(", "),
  ];
}

function boundaryText({ from, until, what, source, set }: Boundary): string {
  const fields = Object.entries(set).flatMap(([section, change]) =>
    typeof change === "object"
      ? Object.entries(change).map(([field, value]) => `${section}.${field} = ${shown(value)}`)
      : [`${section} = ${shown(change)}`],
  );
  return [
    `### ${from}${until === undefined ? "" : `, until ${until}`}`,
    "",
    `${what.charAt(0).toUpperCase()}${what.slice(1)}.`,
    "",
    ...fields.map((field) => `- \`${field}\``),
    `- Source: ${source}`,
  ].join("\n");
}

function shown(value: unknown): string {
  return JSON.stringify(value).replaceAll("`", "'");
}

export function releasesPage(): string {
  const counts = measuredCounts();
  return `${[
    "# What gateways do, by release",
    "Made by `npm run docs` from `src/admission` and `fixtures/admissions`; nothing here is written by hand. [sources.md](sources.md) says what the sources are.",
    "## A new browser with the right token",
    "What the first connection of the Control UI meets: `in`, `in, approved` (its device is approved without being asked), or the gate that refuses it. A published port is a container's: the gateway sees Docker's bridge. A proxy is on the gateway's host and says `X-Forwarded-For`.",
    table(
      ["release", ...WAYS.map(({ name }) => name)],
      MEASURED_RELEASES.map((release) => [release, ...WAYS.map((way) => answerTo(inputOf(release, way)))]),
    ),
    "## The Control UI",
    "Where the page takes its token from, whether it has a device identity on plain HTTP that is not localhost, whether an open page connects by itself once its device is approved, and the scopes that it asks for (`operator.…`).",
    table(
      ["release", "token", "device on plain HTTP", "connects after approval", "scopes"],
      MEASURED_RELEASES.map(pageRow),
    ),
    "## Measured connections",
    "Connections to real gateways that the model is held against (`test/admission-rows.test.ts`, `test/admission-conformance.test.ts`; [conformance.md](conformance.md) counts the latter by way and client). A release that is not here is taken to be like the nearest one that is, with the changes between; the report says so.",
    table(
      ["release", "connections"],
      MEASURED_RELEASES.map((release) => [release, `${counts.get(release) ?? 0}`]),
    ),
    "## What changed with which release",
    "Oldest first. The fields are those of `src/admission/rules.ts`; what a release does not name stays as it was.",
    ...BOUNDARIES.map(boundaryText),
  ].join("\n\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(RELEASES_PAGE, releasesPage());
