import type { Gate } from "../core/connection.ts";
import { compareReleases } from "../core/release.ts";
import type { Era } from "./eras.ts";

/** Something that a person can see of a gateway or its page, and the releases that have it (ends inclusive). */
export interface ReleaseSign {
  /** Key of `Catalogue.releaseSigns`. */
  readonly id: string;
  readonly from?: string;
  readonly to?: string;
  /** Shown only for a refusal at this gate. */
  readonly gate?: Gate;
}

/**
 * Most telling first. Page: BROWSER.md 1 and 2 (run 2.1 to 9.6; cards static: UI of openclaw@2026.5.12, 2026.9.3).
 * Protocol: BEHAVIOUR.md 6. Log: BEHAVIOUR.md 3. Ends are published releases.
 */
const SIGNS: readonly ReleaseSign[] = [
  { id: "page-1008", gate: "pairing", to: "2026.2.21" },
  { id: "page-bare-words", gate: "pairing", from: "2026.2.22", to: "2026.5.7" },
  { id: "page-device-card", gate: "pairing", from: "2026.5.12", to: "2026.9.2" },
  { id: "page-approve-browser", gate: "pairing", from: "2026.9.3" },
  { id: "page-https-or-localhost", gate: "device-identity", to: "2026.2.19" },
  { id: "page-secure-context-card", gate: "device-identity", from: "2026.5.12", to: "2026.6.35" },
  { id: "page-could-not-connect", gate: "device-identity", from: "2026.7.1", to: "2026.7.35" },
  { id: "log-utc", to: "2026.2.26" },
  { id: "log-peer", from: "2026.4.10" },
  { id: "protocol-3", to: "2026.5.7" },
  { id: "protocol-4", from: "2026.5.12" },
  { id: "log-phase", from: "2026.7.1" },
  { id: "log-cause", from: "2026.9.1" },
];

/** Signs to tell, the rest would only repeat. */
const MOST = 6;

/** The signs that leave fewer of these eras (answers that differ) than there are. */
export function signsBetween(eras: readonly Era[], gate: string | undefined): readonly ReleaseSign[] {
  return SIGNS.filter((sign) => {
    if (sign.gate !== undefined && sign.gate !== gate) return false;
    const left = eras.filter((era) => overlaps(sign, era)).length;
    return left > 0 && left < eras.length;
  }).slice(0, MOST);
}

function overlaps({ from, to }: ReleaseSign, era: Era): boolean {
  const begins = from === undefined || compareReleases(era.to, from) >= 0;
  return begins && (to === undefined || compareReleases(era.from, to) <= 0);
}
