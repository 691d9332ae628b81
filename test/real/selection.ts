// Which releases a run walks: each side of the boundaries that matter most, all of them in a full run.

/** `npm run test:real -- --core`: the short run. */
export const CORE = process.env.PAIRING_DOCTOR_CORE === "1";

/**
 * 2026.2.1: no origin check, allowInsecureAuth works. 2026.3.13: detail codes, origin check, the switch without
 * effect. 2026.5.28: protocol 4, a published port counts as local. 2026.9.6: proxies must be attributable, the
 * page signs without a secure context, devices in SQLite.
 */
const ALL: readonly string[] = ["2026.2.1", "2026.3.13", "2026.5.28", "2026.9.6"];

export const RELEASES: readonly string[] = CORE ? ALL.filter((release) => release !== "2026.5.28") : ALL;

/** For suites whose subject does not change at every boundary: in the short run the oldest and the newest. */
export const OUTERMOST: readonly string[] = CORE
  ? RELEASES.filter((_, at, all) => at === 0 || at === all.length - 1)
  : RELEASES;

/** The model is cheap to ask: in a full run it is tried beyond the four, at the edges between them. */
export const MODEL_RELEASES: readonly string[] = CORE
  ? RELEASES
  : [
      "2026.2.1",
      "2026.2.21",
      "2026.2.26",
      "2026.3.13",
      "2026.4.7",
      "2026.5.28",
      "2026.7.1",
      "2026.8.2",
      "2026.9.6",
    ];

/**
 * Each way in which a gateway takes a change up and lets itself be restarted, and each device store: 2026.2.1 and
 * before take no scope back, 2026.3.13 and 2026.4.15 become another process, 2026.9.6 keeps devices in SQLite.
 */
export const CHANGER_RELEASES: readonly string[] = CORE
  ? ["2026.2.1", "2026.9.6"]
  : ["2026.1.29", "2026.2.1", "2026.3.13", "2026.4.15", "2026.7.1", "2026.9.6"];

/** Of the gateways in a cluster's pods, which reach no registry. */
export function kubernetesReleases(core: boolean): readonly string[] {
  return core ? ["2026.2.1"] : ["2026.2.1", "2026.2.26", "2026.3.13", "2026.9.6"];
}
