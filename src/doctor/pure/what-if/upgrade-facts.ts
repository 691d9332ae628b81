import type { AdmissionConfig } from "../../../core/connection.ts";
import type { BesideId } from "../../../report/what-if.ts";

/** What a release changes for everybody, or for every config of a kind, beside the rules of admission. */
export interface ChangeBeside {
  readonly id: BesideId;
  readonly weight: "stops" | "refuses" | "asks" | "note";
  /** First final release with it. */
  readonly first: string;
  /** Only on the way to a newer release, or only on the way back. */
  readonly only?: "up" | "down";
  readonly args?: Readonly<Record<string, string>>;
  /** Absent: everybody. */
  concerns?(config: AdmissionConfig): boolean;
  readonly source: string;
}

const isOpen = ({ gateway }: AdmissionConfig): boolean => (gateway?.bind ?? "loopback") !== "loopback";

export const CHANGES_BESIDE: readonly ChangeBeside[] = [
  {
    id: "node-version",
    weight: "note",
    first: "2026.5.18",
    only: "up",
    args: { node: "22.19" },
    source: "package.json (engines) of openclaw@2026.5.12 and 2026.5.18",
  },
  {
    id: "node-version",
    weight: "note",
    first: "2026.7.1",
    only: "up",
    args: { node: "22.22.3 / 24.15 / 25.9" },
    source: "package.json (engines) of openclaw@2026.6.35 and 2026.7.1",
  },
  {
    id: "node-version",
    weight: "note",
    first: "2026.9.3",
    only: "up",
    args: { node: "24.16 / 26.1" },
    source: "package.json (engines) of openclaw@2026.9.2 and 2026.9.3",
  },
  {
    id: "protocol-4",
    weight: "refuses",
    first: "2026.5.12",
    source: "BEHAVIOUR.md 3; conformance: 2026.5.7, 2026.5.12",
  },
  {
    id: "page-reload",
    weight: "note",
    first: "2026.8.1",
    only: "up",
    source: "BEHAVIOUR.md 3; conformance: 2026.7.35, 2026.8.1",
  },
  {
    id: "lan-page-signs",
    weight: "note",
    first: "2026.8.1",
    only: "up",
    concerns: isOpen,
    source: "BROWSER.md 1.2 (run 2026.7.35 and 2026.8.1)",
  },
  {
    id: "state-moves",
    weight: "note",
    first: "2026.8.1",
    only: "up",
    source: "BEHAVIOUR.md 5 (run 2026.7.1, 2026.8.2)",
  },
  {
    id: "state-comes-back",
    weight: "asks",
    first: "2026.8.1",
    only: "down",
    source: "BEHAVIOUR.md 5 (run 2026.7.1, 2026.8.2)",
  },
];
