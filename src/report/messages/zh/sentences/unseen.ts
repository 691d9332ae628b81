import { unseen as english } from "../../../../core/sentences/unseen.ts";
import { translation } from "../../../../core/translation.ts";

export const unseen = translation(english, {
  "log-unreadable":
    "当前用户（uid {uid}）无权读取 {path}，它属于 {user}；请以该用户或 root 的身份检查（`sudo -u {user} npx openclaw-pairing-doctor`）",
  "interrupted-taken-back": "上一次修复被中断，改动只做了一半：已将其撤回，没有做其他改动；请再次运行 `fix`",
  "gateway-gone": "网关已经退出，而且没有任何东西会再次启动它：它的进程已不存在，也没有程序监听端口 {port}",
  "page-answers": "GET {url} 返回 HTTP {status}",
});
