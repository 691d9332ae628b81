import { smoke as english } from "../../../../core/sentences/smoke.ts";
import { translation } from "../../../../core/translation.ts";

/** 冒烟检查的说法。 */
export const smoke = translation(english, {
  "smoke-pass-connected": "通过：网关允许 Control UI 连接",
  "smoke-pass-pairing-required": "通过：网关按预期要求新浏览器先配对",
  "smoke-fail-connected": "失败：网关不经配对就让新浏览器连接",
  "smoke-fail-finding": "失败：{title}{（id）}",
  "smoke-not-ready": "等待 {seconds} 秒后仍未就绪：{detail}：{why}",
  "smoke-undetermined": "无法判断：看不到网关是否允许 Control UI 连接{（why）}",
  "smoke-where": "{url}，{release|版本未知}，{seconds} 秒",
  "smoke-phase": "{seconds} 秒：{detail}：{why}",
  "smoke-phase-absent": "没有网关回应",
  "smoke-phase-stopped": "网关没有运行",
  "smoke-phase-starting": "网关正在启动",
  "smoke-phase-migrating": "网关在监听之前正在更新其数据库",
  "smoke-phase-restarting": "网关正在重启",
  "smoke-phase-up": "网关已启动",
  "smoke-restarts": "{name} 已被重新启动 {count} 次",
  "smoke-workload-state": "{name} 的状态是 {state}",
  "verdict-case": "结论",
  "no-duration": "这不是 0 到 60m 之间的时间",
  "output-format-file": "其余的报告请用 FORMAT=FILE 给出",
});
