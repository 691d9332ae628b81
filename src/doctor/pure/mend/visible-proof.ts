import { admit } from "../../../admission/admit.ts";
import { pageBehaviour } from "../../../admission/page.ts";
import type { Taken } from "../../../core/change.ts";
import type { Step } from "../../../core/finding.ts";
import type { FixReport } from "../../../report/fix-report.ts";
import type { Prepared } from "./prepared.ts";

type See = FixReport["see"];

/**
 * How to see that a fix holds: the setting, the device, the start, the page in this release (BROWSER.md). `line`: of
 * OpenClaw's own command there.
 */
export function seeOf(
  { steps, requests, model }: Prepared,
  taken: Taken | undefined,
  line: (words: readonly string[]) => string,
): See {
  const list = line(["devices", "list"]);
  const devices = requests.map(({ deviceId }) => ({
    message: "device",
    args: { device: deviceId.slice(0, 12), line: list },
  }));
  // What we started did not start by itself.
  const ours = steps.some((step) => step.do === "gateway.restart" || step.do === "gateway.start");
  const start = !ours && (taken === "restarted" || taken === "reloaded") ? [{ message: taken }] : [];
  const settings = steps.flatMap((step) => settingOf(step, line));
  return [...settings, ...devices, ...start, ...pageOf(model), { message: "undo-later" }];
}

function settingOf(step: Step, line: (words: readonly string[]) => string): See {
  if (step.do !== "config.set" && step.do !== "config.unset") return [];
  const message = step.do === "config.set" ? "setting" : "unset";
  return [{ message, args: { line: line(["config", "get", step.key]) } }];
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
