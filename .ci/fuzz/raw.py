"""Sends requests that no client library would: odd methods, paths, headers and bodies.

raw.py URL SEED SECONDS [KEY]

Every answer must come, be no 5xx, and be described by the OpenAPI document: its status, and
the body of it that is JSON. A path or method that the document does not have is answered
by a problem document. net/http itself refuses what is no HTTP, with text and 400, 417 or
431, and closes the connection.
"""

import collections
import gzip
import http.client
import json
import random
import socket
import sys
import time
import urllib.request
from urllib.parse import urlsplit

import jsonschema_rs

base, seed, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
key = sys.argv[4] if len(sys.argv) > 4 else ""
pick = random.Random(seed)
address = urlsplit(base)
document = json.load(urllib.request.urlopen(base + "/openapi.json"))
operations = [(m.upper(), p) for p, methods in document["paths"].items() for m in methods]
task_ids = ["01a22a9a-1f53-7106-aa2c-821554a86c22"]

METHODS = ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "GET", "POST", "FOO", "get", "PROPFIND", "M" * 200]
SEGMENTS = ["%00", "%ff%fe", "..", "%2e%2e", "%2F", "%2F..%2F", "a" * 300, "a" * 9000, "%E2%82%AC", "%ed%a0%80", "-1", "0", "null", "'", '"', "%25", "*", "~", ";", "", " ".replace(" ", "%20"), "%0d%0a", "\x7f", "\xe9"]
QUERIES = ["", "?", "?wait=-1", "?wait=NaN", "?wait=1e400", "?wait=0.1", "?%zz", "?a;b", "?limit=0&limit=1", "?status=,", "?status=%ff", "?schema=perhaps", "?id=%00", "?id=" + "x" * 5000, "?cursor=%00", "?since=%ff", "?tag=%ff", "?module=%00", "?owner=%ff", "?" + "&".join("a%d=1" % i for i in range(2000))]
VALUES = ["", " ", "\x00", "\xff\xfe", "a" * 300, "a" * 20000, "*/*", "text/html;q=x", "-1", "99999999999999999999", "bytes=-", "bytes=0-0,1-1,2-2", "bytes=9-1", "W/\"x\"", "*", "gzip, br", "identity;q=0", "wait=99999999999999999999", "wait=-1, respond-async", "application/json; charset=utf-16", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 200, "application/x-www-form-urlencoded", "null", "https://evil.example", "evil.example", "\u00e9".encode().decode("latin-1"), "Thu, 01 Jan 1970 00:00:00 GMT", ",".join("t%d" % i for i in range(500))]
HEADERS = ["Accept", "Accept-Encoding", "Authorization", "X-API-Key", "Content-Type", "Content-Encoding", "Content-Length", "Cookie", "Expect", "Host", "Idempotency-Key", "If-Match", "If-None-Match", "If-Modified-Since", "If-Range", "Last-Event-ID", "Origin", "Prefer", "Range", "Referer", "Sec-Fetch-Site", "TE", "Upgrade", "X-Forwarded-For", "X-Forwarded-Host", "X-HTTP-Method-Override", "X-Request-Id", "X-Stainless-Retry-Count", "X-Tags", "Aigc-Join", "Aigc-No-Join", "Aigc-Follow", "", "A b", "\xe9"]


def json_bodies():
    value = pick.choice(['"fox"', "null", "1e999", "-0", "12345678901234567890123", "[]", "{}", '"\\ud800"', '"\\u0000"', '"' + "x" * 2_000_000 + '"', "[" * 20000 + "]" * 20000, '{"a":' * 20000 + "1" + "}" * 20000, "true", '"data:image/png;base64,AAAA"', '"http://127.0.0.1:1/x"', '"file:///etc/passwd"', '"lifted:0123456789012345678901234567890123456789"'])
    name = pick.choice(["prompt", "image", "images", "model", "n", "size", "seed", "operation", "input", "", "x" * 500, "__proto__"])
    whole = pick.choice(['{"prompt":"fox","%s":%s}', '{"%s":%s}', '{"prompt":"fox","input":{"prompt":"fox"},"%s":%s}', '{"prompt":"a","prompt":"b","%s":%s}', '\ufeff{"prompt":"fox","%s":%s}', '{"prompt":"fox","%s":%s', '[{"%s":%s}]'])
    return (whole % (name, value)).encode("utf-8", "surrogatepass")


def bodies():
    """A body and its headers."""
    kind = pick.randrange(8)
    if kind < 4:
        return json_bodies(), [("Content-Type", "application/json")]
    if kind == 4:
        return pick.choice([b"", b"null", b"\xff\xfe{\x00}\x00", b"\x00" * 5000, b"{" * 3, b'{"prompt":"\xba\xec"}', b'{"n":' + b"9" * 3000 + b"}", b'{"prompt":"fox",' + b",".join(b'"k%d":1' % i for i in range(20000)) + b"}"]), [("Content-Type", "application/json")]
    if kind == 5:
        packed = gzip.compress(pick.choice([json_bodies(), b'{"prompt":"' + b"x" * 20_000_000 + b'"}']), 1)
        return pick.choice([packed, packed[:-5], packed[:20] + b"\x00" + packed[21:]]), [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    part = pick.choice([b'Content-Disposition: form-data; name="prompt"\r\n\r\nfox', b'Content-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG\r\n\x1a\n', b'Content-Disposition: form-data; name="\x01"\r\n\r\n', b"X" * 5000 + b": y\r\n\r\n", b"none\r\n\r\n", b"", b'Content-Disposition: form-data; name="image"; filename="../../x"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!', b'Content-Disposition: form-data; name="prompt"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+AGY-'])
    count = pick.choice([1, 1, 2, 150])
    end = pick.choice([b"--b--\r\n", b"--b--", b"", b"--b"])
    return (b"--b\r\n" + part + b"\r\n") * count + end, [("Content-Type", "multipart/form-data; boundary=b")]


def request():
    """Method, target, the path of the document or None, headers and body of a request."""
    method, template = pick.choice(operations)
    path, known = template, template
    for name in ("id", "object", "operation_id"):
        path = path.replace("{%s}" % name, pick.choice(task_ids) if pick.random() < 0.5 else pick.choice(SEGMENTS))
    if pick.random() < 0.15:
        path, known = "/" + "/".join(pick.choice(SEGMENTS + ["api", "docs", "tasks", "images"]) for _ in range(pick.randrange(1, 6))), None
    if pick.random() < 0.15:
        method, known = pick.choice(METHODS), None
    headers = [("Host", address.netloc), ("Connection", "close")]
    if key and pick.random() < 0.9:
        headers.append(("Authorization", "Bearer " + key))
    body = b""
    if method in ("POST", "PUT", "PATCH") or pick.random() < 0.1:
        body, more = bodies()
        headers += more + [("Prefer", "respond-async")]
        headers.append(("Content-Length", str(len(body))))
    for _ in range(pick.choice([0, 0, 1, 1, 2, 5])):
        headers.append((pick.choice(HEADERS), pick.choice(VALUES)))
    return method, path + pick.choice(QUERIES), known, headers, body


def exchange(method, target, headers, body):
    head = "%s %s HTTP/1.1\r\n" % (method, target) + "".join("%s: %s\r\n" % h for h in headers) + "\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=30) as s:
        try:
            s.sendall(head.encode("latin-1", "replace") + body)
        except OSError:
            pass  # the server may answer, and close, before it has read all
        answer = http.client.HTTPResponse(s, method=method)
        answer.begin()
        if answer.headers.get_content_type() == "text/event-stream":
            return answer, b""
        return answer, answer.read()


def fault(method, known, answer, body):
    """What is wrong with an answer, or None."""
    status, kind = answer.status, answer.headers.get_content_type()
    if status >= 500:
        return "a server error"
    if not answer.headers.get("X-Request-Id"):
        return None if status in (400, 417, 431) else "no X-Request-Id"
    if method == "HEAD":
        return "a body" if body else None
    documented = document["paths"].get(known, {}).get(method.lower(), {}).get("responses") if known else None
    if documented is None:
        schema = {"$ref": "#/components/schemas/Problem"} if status >= 400 else None
        if status >= 400 and kind != "application/problem+json":
            return "an error of the type " + kind
    else:
        response = documented.get(str(status))
        if response is None:
            return "an undocumented status"
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        content = response.get("content", {})
        if not content:
            return "an undocumented body" if body else None
        media = content.get(kind) or content.get(kind.split("/")[0] + "/*")
        if media is None:
            return "an undocumented media type " + kind
        schema = media.get("schema")
    if schema is None or not kind.endswith("json"):
        return None
    try:
        jsonschema_rs.validate({"allOf": [schema], "components": document["components"]}, json.loads(body))
    except (ValueError, jsonschema_rs.ValidationError) as e:
        return "a body that its schema forbids: %s" % str(e)[:300]
    return None


counts, faults, end = collections.Counter(), {}, time.monotonic() + seconds
while time.monotonic() < end:
    method, target, known, headers, body = request()
    try:
        answer, got = exchange(method, target, headers, body)
    except (OSError, http.client.HTTPException) as e:
        # A connection that is closed with unread bytes is reset, which may take the answer away.
        unread = len(target) + sum(len(n) + len(v) for n, v in headers) + len(body) > 4000
        wrong, status = None if unread and isinstance(e, (ConnectionResetError, BrokenPipeError)) else "no answer: %r" % e, 0
    else:
        status, wrong = answer.status, fault(method, known, answer, got)
        if status in (200, 202) and b'"task_id":"' in got:
            task_ids = (task_ids + [got.split(b'"task_id":"')[1][:36].decode()])[-50:]
    counts[status] += 1
    if wrong:
        faults.setdefault((wrong[:80], known or target[:60]), (wrong, status, method, target[:200], [(n, v[:80]) for n, v in headers], body[:200], len(body)))
print("%d raw requests, by status: %s" % (sum(counts.values()), dict(sorted(counts.items()))))
for f in list(faults.values())[:20]:
    print("FAULT", *f)
sys.exit(bool(faults))
