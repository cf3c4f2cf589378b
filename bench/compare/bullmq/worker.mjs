// The job of a BullMQ worker: one vendor call, one object, one row.
//
// BullMQ's defaults: a job is locked while it runs and is run again by another worker when
// its worker dies, also if the vendor has already charged it. Jobs and results are in Redis
// alone. No row says that a purchase was about to be made, nothing joins two equal requests.
import { Worker } from "bullmq";
import { Client } from "minio";
import pg from "pg";
import { bucket, connection, queue } from "./settings.mjs";

const concurrency = Number(process.env.CONCURRENCY);
const vendor = `${process.env.VENDOR_URL}/v1/images/generations`;
const [endPoint, port] = process.env.MINIO_ENDPOINT.split(":");
const objects = new Client({
  endPoint,
  port: Number(port),
  useSSL: false,
  accessKey: process.env.MINIO_ACCESS_KEY,
  secretKey: process.env.MINIO_SECRET_KEY,
  region: process.env.MINIO_REGION, // saves a request for the bucket's region
});
const database = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: concurrency,
});
const insert = {
  name: "insert", // prepared once for each connection
  text: "INSERT INTO compare_jobs (id, prompt, object, bytes) VALUES ($1, $2, $3, $4)",
};

async function generate(job) {
  const answer = await fetch(vendor, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: "Bearer compare",
    },
    body: JSON.stringify(job.data),
  });
  if (!answer.ok) throw new Error(`vendor: ${answer.status}`);
  const image = Buffer.from((await answer.json()).data[0].b64_json, "base64");
  const now = new Date().toISOString();
  const name = `bullmq/images/${now.slice(0, 10).replaceAll("-", "/")}/${job.data.model}_${job.id}_1.png`;
  await objects.putObject(bucket, name, image, image.length, {
    "Content-Type": "image/png",
  });
  await database.query({
    ...insert,
    values: [job.id, job.data.prompt, name, image.length],
  });
  return { object: name, bytes: image.length };
}

const worker = new Worker(queue, generate, { connection, concurrency });
worker.on("failed", (_, err) => console.error(err));
worker.on("error", (err) => console.error(err));
process.on("SIGTERM", async () => {
  await worker.close();
  process.exit(0);
});
