// Draws an image through the client that openapi-typescript makes of /openapi.json, at
// the address in the argument, and prints the image's address.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[]; stdout: { write(text: string): void } };

async function draw(server: string): Promise<void> {
  const client = createClient<paths>({ baseUrl: server });
  const made = await client.POST("/api/gpt/generations", {
    body: { prompt: "a red fox" },
    params: { header: { "Idempotency-Key": "drawn by TypeScript" } },
  });
  const task: components["schemas"]["Task"] | undefined = made.data?.data;
  const image = task?.data[0];
  if (!task || !image || task.error !== null) throw new Error(`the image: ${JSON.stringify(made.error)}`);
  const read = await client.GET("/api/tasks/{id}", { params: { path: { id: task.task_id } } });
  if (read.data?.data.status !== "succeeded") throw new Error(`the task: ${JSON.stringify(read.error)}`);
  const refused = await client.POST("/api/quote", { body: { input: {} } });
  const problem: components["schemas"]["Problem"] | undefined = refused.error;
  if (problem?.errors?.[0]?.location !== "body.input") throw new Error(`the refusal: ${JSON.stringify(problem)}`);
  const object = image.url.slice(image.url.indexOf("/api/images/") + "/api/images/".length);
  const file = await client.GET("/api/images/{object}", { params: { path: { object } }, parseAs: "arrayBuffer" });
  if (file.data?.byteLength !== image.size) throw new Error(`the file: ${file.response.status}`);
  process.stdout.write(image.url);
}

await draw(process.argv[2]!);
