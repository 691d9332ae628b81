import { admit } from "../../admission/admit.ts";
import { pageBehaviour } from "../../admission/page.ts";
import type { Taken } from "../../core/change.ts";
import type { Step } from "../../core/finding.ts";
import type { FixReport } from "../../report/fix.ts";
import type { Prepared } from "./prepare.ts";

type See = FixReport["see"];

/** How to see that a fix holds: the setting, the device, the start, the page in this release (BROWSER.md). */
export function seeOf({ steps, requests, model }: Prepared, taken: Taken | undefined): See {
  const devices = requests.map(({ deviceId }) => ({
    message: "device",
    args: { device: deviceId.slice(0, 12) },
  }));
  const start = taken === "restarted" || taken === "reloaded" ? [{ message: taken }] : [];
  return [...steps.flatMap(settingOf), ...devices, ...start, ...pageOf(model), { message: "undo-later" }];
}

function settingOf(step: Step): See {
  if (step.do === "config.set") return [{ message: "setting", args: { key: step.key } }];
  return step.do === "config.unset" ? [{ message: "unset", args: { key: step.key } }] : [];
}

function pageOf(model: Prepared["model"]): See {
  if (model === undefined || model.expected.outcome !== "admitted") return [];
  const { start } = model;
  const { connectsByItself } = pageBehaviour(start.release, admit(start));
  return [
    { message: connectsByItself ? "page-connects" : "page-reload" },
    { message: "connected" },
    { message: "private-window" },
  ];
}
