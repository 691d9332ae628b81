import { services as english } from "../../../../core/sentences/services.ts";
import { translation } from "../../../../core/translation.ts";

export const services = translation(english, {
  "log-in-private-tmp":
    "单元 {name} 有自己的 /tmp（PrivateTmp）：网关的日志在其中，公共 /tmp 里的日志不属于这次启动",
  "service-outdated": "启动于 {startedAt}；{path} 修改于 {changedAt}（{what}）",
  "service-no-linger": "{name}，属于 {user} 的用户管理器；lingering 未开启",
  "config-after-start": "启动于 {startedAt}；gateway.reload.mode 为 {mode}",
  "config-changed": "修改于 {changedAt}",
  "service-of-other-user": "以 {user} 的身份运行；同一端口的 openclaw.json 属于 {owner}",
  "no-pm2": "在那里找不到启动它的 pm2 命令",
});
