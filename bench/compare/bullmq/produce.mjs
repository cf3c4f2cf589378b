// Enqueues jobs: as many as each line of its input says, then it prints "done".
import { createInterface } from "node:readline";
import { Queue } from "bullmq";
import { connection, queue } from "./settings.mjs";

const jobs = new Queue(queue, { connection });
const callers = 16;
let number = 0;

async function add(last) {
  while (number < last) {
    number++;
    await jobs.add("generate", {
      model: "gpt-image-1",
      prompt: `bench ${number}`,
      n: 1,
      size: "1024x1024",
      quality: "low",
    });
  }
}

await jobs.waitUntilReady();
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const last = number + Number(line);
  await Promise.all(Array.from({ length: callers }, () => add(last)));
  console.log("done");
}
process.exit(0);
