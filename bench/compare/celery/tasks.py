"""The job of a Celery worker: one vendor call, one object, one row.

It is what a service of FastAPI, Celery, Redis and MinIO does for an image, with
Celery's defaults, which are the fastest ones. They promise less than aigc: a message
is acknowledged when its task starts, so a worker that is killed loses the jobs it has
begun, also those that the vendor has already charged; no row says that a purchase was
about to be made; nothing joins two equal requests, and there are no events.
"""

import base64
import io
import os
import threading
from datetime import datetime, timezone

import psycopg
import requests
from celery import Celery
from minio import Minio

app = Celery("compare", broker=os.environ["BROKER_URL"], backend=os.environ["RESULT_URL"])
app.conf.result_expires = 3600
app.conf.broker_connection_retry_on_startup = True

VENDOR = os.environ["VENDOR_URL"] + "/v1/images/generations"
BUCKET = os.environ["MINIO_BUCKET"]
INSERT = "INSERT INTO compare_jobs (id, prompt, object, bytes) VALUES (%s, %s, %s, %s)"


class Connections(threading.local):
    """One connection of each kind for each process and thread, kept open."""

    def __init__(self):
        self.vendor = requests.Session()
        self.vendor.headers["Authorization"] = "Bearer compare"
        self.database = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        self.objects = Minio(
            os.environ["MINIO_ENDPOINT"],
            access_key=os.environ["MINIO_ACCESS_KEY"],
            secret_key=os.environ["MINIO_SECRET_KEY"],
            region=os.environ["MINIO_REGION"],  # saves a request for the bucket's region
            secure=False,
        )


connections = None


def connect():
    """Returns the connections of this process, which are opened after the fork."""
    global connections
    if connections is None:
        connections = Connections()
    return connections


@app.task(bind=True)
def generate(self, request):
    conn = connect()
    answer = conn.vendor.post(VENDOR, json=request, timeout=120)
    answer.raise_for_status()
    image = base64.b64decode(answer.json()["data"][0]["b64_json"])
    now = datetime.now(timezone.utc)
    name = f"celery/images/{now:%Y/%m/%d}/{request['model']}_{self.request.id}_1_{now:%Y%m%d_%H%M%S}.png"
    conn.objects.put_object(BUCKET, name, io.BytesIO(image), len(image), content_type="image/png")
    conn.database.execute(INSERT, (self.request.id, request["prompt"], name, len(image)))
    return {"object": name, "bytes": len(image)}
