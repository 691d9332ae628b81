import { runFleetOver, startFleetApart, wrongLines } from "../support/fleet-apart.ts";

/** Wall time and memory of a look at 30, 100 and 300 embedded gateways, as ratios to the smallest. */
export async function fleetRows(): Promise<
  readonly (readonly [what: string, value: string, against: string])[]
> {
  const rows: (readonly [string, string, string])[] = [];
  let base: { readonly wallMs: number; readonly peakMb: number } | undefined;
  for (const count of [30, 100, 300]) {
    const fleet = await startFleetApart(count, Math.round((count * 40) / 300));
    try {
      const { wallMs, peakMb, lines } = await runFleetOver(fleet.file);
      const wrong = wrongLines(lines, fleet.expected).length;
      base ??= { wallMs, peakMb };
      rows.push([
        `fleet of ${count}${wrong === 0 ? "" : `, ${wrong} wrong`}`,
        `${(wallMs / 1000).toFixed(1)} s wall, ${peakMb.toFixed(0)} MB`,
        `${(wallMs / base.wallMs).toFixed(2)} x the wall and ${(peakMb / base.peakMb).toFixed(2)} x the memory of 30`,
      ]);
    } finally {
      await fleet.close();
    }
  }
  return rows;
}
