// Tells the parent, on its fourth channel, what this process used, its threads with it.
const { writeSync } = require("node:fs");
const { isMainThread } = require("node:worker_threads");
if (isMainThread) process.on("exit", () => writeSync(3, JSON.stringify(process.resourceUsage())));
