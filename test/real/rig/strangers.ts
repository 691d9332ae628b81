// Containers that have nothing to do with a gateway.
import type Docker from "dockerode";
import { programs } from "./contained.ts";
import type { Engine } from "./engine.ts";
import { IMAGE } from "./image.ts";
import { installRelease } from "./releases.ts";

/** The same image under a name that tells nothing of a gateway. */
async function image({ api }: Engine): Promise<string> {
  await api.getImage(IMAGE).tag({ repo: "acme/app", tag: "1" });
  return "acme/app:1";
}

/** One that runs and one that never did, so that there is something to be left alone. */
export async function startBystanders(engine: Engine): Promise<void> {
  const Binds = [...programs(await installRelease("2026.2.1"))];
  const shape = { Image: await image(engine), Cmd: ["sleep", "100000"], HostConfig: { Binds } };
  await (await engine.api.createContainer({ name: "bystander", ...shape })).start();
  await engine.api.createContainer({ name: "sleeper", ...shape });
}

/** Many that never ran. */
export async function strangers(engine: Engine, count: number): Promise<readonly Docker.Container[]> {
  const Image = await image(engine);
  const made: Docker.Container[] = [];
  for (let at = 0; at < count; at += 1)
    made.push(await engine.api.createContainer({ name: `app-${at}`, Image, Cmd: ["sleep", "1"] }));
  return made;
}
