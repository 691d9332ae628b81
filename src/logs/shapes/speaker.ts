import type { ClientErrorEvent } from "../../core/log-event.ts";

/**
 * The gateway's own side calls its gateway, too. Such a failure is a tool's result (`"error": "gateway closed …"`), the
 * gateway's line about it (`[tools] cron failed: gateway closed …`, 2026.2.17), or what somebody tells of a tool.
 */
const TOOL =
  /^\[(?:tools|cron|agents?(?:\/[\w-]{1,40})?|subagents?|browser(?:\/[\w-]{1,40})?)\] |^[{\s]{0,8}\\?"(?:error|status|result|message)\\?" ?:|\b(?:sessions_(?:spawn|send|list|history)|sub-?agents?|(?:cron|browser|message|nodes|gateway) tool|tool (?:call|result|error|output))\b|(?:cron|browser|子代理|定时任务|智能体)\s?(?:工具|任务)?(?:调用|执行|返回|失败|报错)|工具(?:调用|返回|执行)/i;

/** OpenClaw's node host says so itself (`node host gateway closed (1008): …`, 2026.1.29 to 2026.9.6). */
const NODE = /\bnode[- ]host\b|^\[node(?:-host)?\]|\bopenclaw node (?:run|start|install|restart)\b/i;

/** A phone's program, in somebody's words; a browser on a phone is a browser. */
const APP =
  /\b(?:ios|android|iphone|ipad|mobile|phone|companion|native)(?:['’]s)? app\b|手机(?:端)?(?:app|应用|客户端)|(?:安卓|苹果)(?:app|应用|客户端)/i;

/** Whose failure a line tells of, as far as it names anybody but the CLI and the page. */
export function speakerIn(
  text: string,
): Extract<ClientErrorEvent["from"], "tool" | "node" | "app"> | undefined {
  const head = text.slice(0, 200);
  if (NODE.test(head)) return "node";
  if (TOOL.test(head)) return "tool";
  return APP.test(head) ? "app" : undefined;
}

/** `openclaw --profile default node run --host …`: what is printed below is the node host's. */
export function runsNode(text: string): boolean {
  return /\b(?:openclaw|clawdbot|moltbot)(?: -{1,2}[\w-]{1,30}(?:[ =][\w.-]{1,60})?){0,4} node (?:run|start|install|restart)\b/.test(
    text.slice(0, 400),
  );
}
