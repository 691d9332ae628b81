import type { Lang } from "../core/languages.ts";
import { translation } from "../core/translation.ts";

const en = {
  description: "Says why the Control UI is refused, and what fixes it",
  "owners-only": "Only an owner may ask that here.",
  "no-owners":
    "This release of OpenClaw does not tell plugins who an owner is, so nothing is approved from a chat. On the gateway's host: `{command}`",
  "no-answer": "The doctor gave no answer. On the gateway's host: `openclaw pairing-doctor`",
  healthy: "Nothing keeps the Control UI out.",
  undetermined: "What keeps the Control UI out could not be found out.",
  "more-on-host": "More on the gateway's host: `openclaw pairing-doctor`",
  "request-waits": "A device waits for approval:",
  "approve-with": "Compare it with your own attempt, then type `/pairing_doctor approve {id}`",
  "no-request-id": "That is no id of a request. Ask `/pairing_doctor` for those that wait.",
  "no-such-request":
    "Nothing was approved: no request with that id waits. Ask `/pairing_doctor` for those that wait.",
  approved: "Approved: {id}. {outcome}",
  "not-approved": "Not approved: {outcome}",
  usage: "`/pairing_doctor` says what is wrong; `/pairing_doctor approve ID` lets one device in.",
} as const;

const zh = translation(en, {
  description: "说明 Control UI 为何被拒绝以及如何修复",
  "owners-only": "这里只有所有者可以这样问。",
  "no-owners":
    "这个版本的 OpenClaw 不告诉插件谁是所有者，因此不会从聊天中批准任何请求。请在网关所在的主机上运行：`{command}`",
  "no-answer": "诊断没有给出结果。请在网关所在的主机上运行：`openclaw pairing-doctor`",
  healthy: "没有什么把 Control UI 挡在外面。",
  undetermined: "无法查明是什么把 Control UI 挡在外面。",
  "more-on-host": "在网关所在的主机上可以看到更多：`openclaw pairing-doctor`",
  "request-waits": "有设备正在等待批准：",
  "approve-with": "请与您自己的尝试核对，然后输入 `/pairing_doctor approve {id}`",
  "no-request-id": "这不是请求的标识。用 `/pairing_doctor` 查看正在等待的请求。",
  "no-such-request":
    "没有批准任何请求：没有使用该标识的请求在等待。用 `/pairing_doctor` 查看正在等待的请求。",
  approved: "已批准：{id}。{outcome}",
  "not-approved": "未批准：{outcome}",
  usage: "`/pairing_doctor` 说明问题所在；`/pairing_doctor approve ID` 允许一台设备连接。",
});

const WORDS: Readonly<Record<Lang, Readonly<Record<keyof typeof en, string>>>> = { en, zh };

export function wordsFor(lang: Lang): Readonly<Record<keyof typeof en, string>> {
  return WORDS[lang];
}
