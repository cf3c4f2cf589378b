"""Enqueues jobs without HTTP: as many as each line of its input says, then it prints "done"."""

import sys

from tasks import generate

number = 0
print("ready", flush=True)
for line in sys.stdin:
    for _ in range(int(line)):
        number += 1
        generate.delay(
            {"model": "gpt-image-1", "prompt": f"bench {number}", "n": 1, "size": "1024x1024", "quality": "low"}
        )
    print("done", flush=True)
