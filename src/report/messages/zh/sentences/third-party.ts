import { thirdParty as english } from "../../../../core/sentences/third-party.ts";
import { translation } from "../../../../core/translation.ts";

export const thirdParty = translation(english, {
  "no-check-name": "这既不是文件（./check.mjs），也不是名称以 openclaw-pairing-doctor-check- 开头的软件包",
  "check-not-installed": "在当前目录及上级目录的 node_modules 中，以及 pairing-doctor 旁边，都没有这个软件包",
  "check-no-entry": "它的 package.json 没有指明任何存在的文件",
  "check-too-many-files": "它的目录中的文件多于 {count} 个，不会全部查看",
  "check-not-a-file": "这不是文件",
  "check-install": "安装它（npm install NAME），或指明一个文件：--check ./check.mjs",
  "check-own-rights": "让它属于当前用户或 root，并且其他人都不能写入",
  "check-took-longer": "它在 {seconds} 秒内没有给出回答，已被终止",
  "check-memory": "它占用的内存超过 {megabytes} MB，已被终止",
  "check-not-for-nobody":
    "以 root 运行时，检查以 nobody 身份执行，而 nobody 无权读取 {path}：请把它放到所有人都能读取的位置，或以其他用户运行本工具",
  "check-ended": "它没有给出回答就结束了（{detail}）",
  "check-threw": "它抛出了错误：{detail}",
  "check-too-much": "它的回答超过 {count} 字节",
  "check-not-the-form": "它的回答不符合检查项应有的形式",
  "check-says": "它说：{detail}",
});
