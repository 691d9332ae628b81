import type { DeviceList, PairedDevice, PendingDevice } from "../core/facts.ts";
import { safeText } from "../core/text.ts";
import { MAX_DEVICES } from "./devices.ts";

/**
 * The tables of `openclaw devices list` (2026.2.1, 2026.3.13 and 2026.9.6, with box characters or without): a cell goes
 * on in the next rows, whose first cell is empty. Ages are no times and are not read. An empty list where neither table
 * is there.
 */
export function devicesFromTable(text: string): DeviceList {
  const pending: PendingDevice[] = [];
  const paired: PairedDevice[] = [];
  let section: "pending" | "paired" | undefined;
  let names: readonly string[] | undefined;
  let row: string[] | undefined;
  const end = (): void => {
    if (section !== undefined && names !== undefined && row !== undefined) {
      const cells = row;
      const cell = (...wanted: readonly string[]) =>
        cells[names?.findIndex((name) => wanted.includes(name)) ?? -1] ?? "";
      const common = commonOf(cell);
      const requestId = /^[\w-]{4,80}$/.exec(cell("request"))?.[0];
      if (
        section === "pending" &&
        requestId !== undefined &&
        common !== undefined &&
        pending.length < MAX_DEVICES
      )
        pending.push({ requestId, ...common });
      if (section === "paired" && common !== undefined && paired.length < MAX_DEVICES) {
        const { remoteIp: _, ...device } = common;
        paired.push(device);
      }
    }
    row = undefined;
  };
  for (const line of text.split(/\r?\n/).slice(0, 20_000)) {
    const title = /^\s{0,8}(Pending|Paired) \(\d{1,5}\)\s{0,8}$/.exec(line)?.[1];
    if (title !== undefined) {
      end();
      section = title === "Pending" ? "pending" : "paired";
      names = undefined;
      continue;
    }
    const cells = /^\s{0,8}[│┃|](.{1,2000})[│┃|]\s{0,8}$/u
      .exec(line)?.[1]
      ?.split(/[│┃|]/u)
      .map((one) => one.trim());
    if (section === undefined || cells === undefined || cells.every((one) => /^[-=+]{0,400}$/.test(one)))
      continue;
    if (names === undefined) names = cells.map((one) => one.toLowerCase());
    else if (row === undefined || (cells[0] !== "" && isNewRow(section, row, cells))) {
      end();
      row = cells;
    } else row = row.map((before, index) => before + (cells[index] ?? ""));
  }
  end();
  return { pending, paired, store: "json" };
}

/** The device of the second table is its first cell and goes on in the next rows. */
function isNewRow(section: "pending" | "paired", row: readonly string[], cells: readonly string[]): boolean {
  if (section === "pending") return true;
  const hex = /^[0-9a-f]{1,64}/.exec(row[0] ?? "")?.[0] ?? "";
  return (
    hex.length >= 64 ||
    !/^[0-9a-f]{1,64}\b/.test(cells[0] ?? "") ||
    cells.slice(1).some((one) => /^operator$|^node$/.test(one))
  );
}

type Common = Omit<PendingDevice, "requestId" | "at" | "isRepair" | "client" | "platform">;

function commonOf(cell: (...names: readonly string[]) => string): Common | undefined {
  const device = cell("device").replace(/\s/g, "");
  const deviceId = /^[0-9a-f]{64}/.exec(device)?.[0];
  if (deviceId === undefined) return undefined;
  const asked = cell("requested").replace(/\s/g, "");
  const role = (/roles:([\w-]{1,40})/.exec(asked)?.[1] ?? cell("role", "roles").split(",")[0] ?? "").trim();
  const scopes = (/scopes:([^;]{0,1000})/.exec(asked)?.[1] ?? cell("scopes")).split(",");
  const ip = cell("ip") || (/·([0-9a-fA-F.:]{3,45})/.exec(device)?.[1] ?? "");
  return {
    deviceId,
    ...(role === "" ? {} : { role: safeText(role, 40) }),
    scopes: scopes
      .map((one) => safeText(one.replace(/\s/g, ""), 80))
      .filter((one) => /^[\w.-]{2,80}$/.test(one)),
    ...(ip === "" ? {} : { remoteIp: safeText(ip, 60) }),
  };
}
