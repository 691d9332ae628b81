// `fleet-process.ts COUNT ILL`: embedded gateways in a process of their own; ends with its standard input.
import { startFleet } from "./fleet.ts";

const [count = 0, ill = 0] = process.argv.slice(2).map(Number);
const { file, expected, tokens, close } = await startFleet(count, ill);
console.log(JSON.stringify({ file, expected: [...expected], tokens }));
process.stdin.on("close", () => void close().then(() => process.exit(0)));
process.stdin.resume();
