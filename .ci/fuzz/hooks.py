"""Hooks of schemathesis: keys of the requests, and which failures of two checks count.

The document describes canonical requests. The server also accepts other spellings that
have one meaning (see app/schema/relax.go), and refuses for reasons that a JSON Schema
cannot state, such as the rules of a model. The hooks allow just that:

- negative_data_rejection fails if a request was accepted that the document forbids also
  after its values are read as the server reads them.
- positive_data_acceptance fails if a request that the document allows was refused by the
  validation of the schema.
"""

import base64
import json
import os
import re
import struct
import zlib

import jsonschema_rs
import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi.checks import RejectedPositiveData

KEY = os.environ.get("FUZZ_API_KEY", "")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Send no key, an unknown key or the other header in one of four requests, and do not
    wait for a result in most of them, unless the case has these headers."""
    chance = zlib.crc32(repr((case.operation.label, case.body, case.query, case.headers)).encode("utf-8", "replace")) % 16
    headers = case.headers
    if KEY and "Authorization" not in headers:
        if chance < 12:
            headers["Authorization"] = "Bearer " + KEY
        elif chance < 14:
            headers["X-API-Key"] = KEY
        elif chance == 14:
            headers["Authorization"] = "Bearer unknown-key"
    if case.operation.method == "post" and "Prefer" not in headers and chance % 4:
        headers["Prefer"] = "respond-async"


# Outcomes that are no 5xx: a kept answer, a task in doubt, a refusal.
DIRECTIVES = [" [[shape]]", " [[text]]", " [[drop]]", " [[refuse]]", " [[slow 1s]]"]

IMAGE = re.compile(r"base64 or the id of an asset\.$")


@schemathesis.hook
def map_body(context, body):
    """Put an image where one belongs in three of four cases, since random text is refused
    early, and a directive of the sandbox into one of four prompts."""
    content = getattr(context.operation.definition, "raw", {}).get("requestBody", {}).get("content", {})
    chance = zlib.crc32(repr(body).encode("utf-8", "replace"))
    if not isinstance(body, dict) or "application/json" not in content or chance % 4 == 0:
        return body
    document = context.operation.schema.raw_schema
    schema = Reader(document).resolve(content["application/json"]["schema"])
    body = dict(body)
    if isinstance(body.get("prompt"), str) and chance % 4 == 1:
        body["prompt"] += DIRECTIVES[chance % len(DIRECTIVES)]
    for name, property in schema.get("properties", {}).items():
        if name in body and IMAGE.search(property.get("description", "")):
            value = body[name]
            if isinstance(value, str) and value:
                body[name] = SAMPLE
            elif isinstance(value, list):
                body[name] = [SAMPLE if isinstance(v, str) and v else v for v in value]
    return body


def sample_image():
    """A PNG of 512 x 512 pixels as a data URL, large enough for every vendor."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\xd9\x5b\x1e\x80" * 512) * 512)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 512, 512, 8, 6, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(png).decode()


SAMPLE = sample_image()


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if isinstance(failure, RejectedPositiveData):
        return refused_by_schema(case, response)
    if isinstance(failure, AcceptedNegativeData):
        return not has_one_meaning(case)
    return True


# The messages of the validation of a schema, in app/schema and huma. That of a reference to
# an image is left out: a schema cannot tell base64 of an image from other text.
SCHEMA_MESSAGE = re.compile(r"(?!expected an http)(expected|unexpected) ")


def refused_by_schema(case, response):
    try:
        problem = json.loads(response.content)
    except ValueError:
        return True
    if problem.get("code") == "bad_form":
        return False  # a name of an additional property with control characters
    open_bodies = ("body.input",) if case.operation.path == "/api/quote" else ("body",) if case.operation.path == "/api/images/create" else ()
    return any(
        SCHEMA_MESSAGE.match(d["message"]) and not d.get("location", "").startswith(open_bodies) for d in problem.get("errors", [])
    )


def has_one_meaning(case):
    """Whether the document allows the body after it is read as app/schema/relax.go does."""
    meta = case.meta.phase.data
    where, name = getattr(meta, "parameter_location", None), getattr(meta, "parameter", None)
    if where == ParameterLocation.QUERY and blank((case.query or {}).get(name)):
        return True  # an empty parameter is left out
    if not isinstance(case.body, dict):
        return False
    operation = case.operation
    document = operation.schema.raw_schema
    content = document["paths"][operation.path][operation.method]["requestBody"]["content"]
    schema = content[case.media_type]["schema"]
    reader = Reader(document)
    try:
        body = json.loads(json.dumps(case.body, default=text_of))
    except ValueError:
        return False
    return jsonschema_rs.is_valid({"allOf": [schema], "components": document["components"]}, reader.read(body, schema))


def text_of(value):
    """The text of a file in a form."""
    data = getattr(value, "data", value)
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)


class Reader:
    """Reads values that have one meaning as the schema's type."""

    def __init__(self, document):
        self.document = document

    def resolve(self, schema):
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def read(self, value, schema):
        schema = self.resolve(schema)
        kind = schema.get("type")
        if isinstance(value, str) and kind in ("integer", "number", "boolean", "object", "array"):
            value = self.parse(value, kind)
        if isinstance(value, list) and len(value) == 1 and kind not in ("array", None):
            return self.read(value[0], schema)
        if kind == "array" and not isinstance(value, list) and value is not None:
            value = [value]
        if kind == "boolean" and value in (0, 1):
            return bool(value)
        if kind == "string" and isinstance(value, str):
            return self.spell(value, schema)
        if kind == "array" and isinstance(value, list):
            items = schema.get("items", {})
            return [self.read(v, items) for v in value if not (blank(v) and not self.takes_blank(items))]
        if kind == "object" and isinstance(value, dict) and "properties" in schema:
            return self.object(value, schema)
        return value

    def object(self, value, schema):
        out = {}
        for name, v in value.items():
            known = schema["properties"].get(name)
            if known is None:
                out[name] = v
                continue
            v = self.read(v, known)
            if name not in schema.get("required", []) and (v is None or v == [] or blank(v) and not self.takes_blank(known)):
                continue
            out[name] = v
        return out

    def takes_blank(self, schema):
        schema = self.resolve(schema)
        return schema.get("type") == "string" and "pattern" not in schema and not schema.get("minLength") and "" in schema.get("enum", [""])

    def spell(self, value, schema):
        for allowed in schema.get("enum", []):
            if isinstance(allowed, str) and allowed.casefold() == value.strip().casefold():
                return allowed
        return value

    def parse(self, text, kind):
        words = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}
        if kind == "boolean":
            return words.get(text.strip().lower(), text)
        try:
            value = json.loads(text)
        except ValueError:
            return text
        wanted = {"integer": (int, float), "number": (int, float), "object": dict, "array": list}[kind]
        return value if isinstance(value, wanted) and not isinstance(value, bool) else text


def blank(value):
    return isinstance(value, str) and value.strip() == ""
