import { watch as english } from "../../../../core/sentences/watch.ts";
import { translation } from "../../../../core/translation.ts";

export const watch = translation(english, {
  "watch-watching": "正在监视 {name}{（release）}。按 Ctrl-C 结束。",
  "watch-earlier": "日志中有更早的拒绝记录（{count} 次）；不带命令的 `pairing-doctor` 会解释它们。",
  "watch-refused": "被拒绝：{title}（{id}）",
  "watch-again": "因同样的原因再次被拒绝：{id}，至今 {count} 次",
  "watch-unexplained": "被拒绝，原因未能识别",
  "watch-waiting": "等待批准：{client}{（address）}，设备 {device}",
  "watch-compare": "如果这是自己的尝试，下面的命令会放行：",
  "watch-new-id": "设备 {device} 再次请求；现在用这条命令批准：",
  "watch-approved": "已批准{（device）}",
  "watch-got-in": "已进入：先前被拒绝的浏览器（或另一个）已被放行{（address）}",
  "watch-connected": "一个浏览器已被放行{（address）}",
  "watch-started": "网关已启动{（release）}",
  "watch-failed": "网关没有启动",
  "watch-lost": "日志无法再读取：{why}；会继续尝试",
  "watch-missed": "两次查看之间写入 {name} 的内容多于会读取的量：其中有谁被拒绝或放行，无从知道",
  "watch-back": "日志又可以读取了",
  "watch-no-log": "没有可以监视的日志：{why}",
});
