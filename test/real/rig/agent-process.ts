// The process behind agent.ts: orders as JSON lines on stdin, answers as JSON lines on stdout.
import http from "node:http";
import readline from "node:readline";
import type { Order } from "./agent.ts";
import { connect } from "./client.ts";
import { startForwarder } from "./forwarder.ts";
import { startProxy } from "./proxy.ts";

function get(url: string, host?: string): Promise<number> {
  return new Promise((resolve) => {
    const request = http.get(url, { timeout: 3000, ...(host === undefined ? {} : { headers: { host } }) });
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(0));
  });
}

async function carryOut(order: Order): Promise<unknown> {
  switch (order.do) {
    case "connect":
      return connect(order.attempt);
    case "get":
      return get(order.url, order.host);
    case "forward":
      return (await startForwarder(order.options)).port;
    case "proxy":
      return (await startProxy(order.options)).port;
  }
}

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const { id, order } = JSON.parse(line) as { id: number; order: Order };
  carryOut(order).then(
    (value) => process.stdout.write(`${JSON.stringify({ id, value })}\n`),
    (error: unknown) => process.stdout.write(`${JSON.stringify({ id, error: String(error) })}\n`),
  );
});
// The rig ended, perhaps by a crash: nothing may stay behind.
lines.on("close", () => process.exit(0));
