// What the worker and the producer share.
const redis = new URL(process.env.BROKER_URL);

export const queue = "compare";
export const bucket = process.env.MINIO_BUCKET;
export const connection = {
  host: redis.hostname,
  port: Number(redis.port),
  db: Number(redis.pathname.slice(1)),
  maxRetriesPerRequest: null,
};
