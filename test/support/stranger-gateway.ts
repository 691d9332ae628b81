// What another user of the machine runs: says that it is a gateway, keeps what it is told, and notes who runs it.
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { WebSocketServer } from "ws";

const home = process.env.STRANGER_HOME ?? path.dirname(path.dirname(process.argv[1] ?? "/"));
const note = (name: string, text: string) => appendFileSync(path.join(home, name), `${text}\n`);

const [, , verb, , port] = process.argv;
if (verb !== "gateway" || process.getuid?.() === 0) {
  note(
    "executed",
    `uid ${process.getuid?.()}: ${process.argv.slice(2).join(" ")} ${JSON.stringify(process.env)}`,
  );
} else {
  const server = createServer((request, response) => {
    note("received", `${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.setHeader("content-type", "text/html");
    response.end("<html><title>OpenClaw Control</title><openclaw-app></openclaw-app></html>");
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    socket.send(
      JSON.stringify({ type: "event", event: "connect.challenge", payload: { nonce: "n", ts: Date.now() } }),
    );
    socket.on("message", (data) => {
      note("received", String(data));
      const { id } = JSON.parse(String(data)) as { id: string };
      const error = {
        code: "NOT_PAIRED",
        message: "pairing required",
        details: { code: "PAIRING_REQUIRED", requestId: "0b0e7a10-0000-4000-8000-000000000000" },
      };
      socket.send(JSON.stringify({ type: "res", id, ok: false, error }));
      socket.close(1008, "pairing required");
    });
  });
  for (let at = 1; at <= Number(process.env.STRANGER_ADDRESSES ?? 0); at += 1)
    createServer().listen(Number(port), `127.0.1.${at}`);
  server.listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"));
}
