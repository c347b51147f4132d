"""From a new post to its suggestions: time of the work and memory of a web process, among more and more offers.

Every offer says something of its own, which is the hardest case: on a real network most titles are shared. For large
sizes their vectors are put together from really encoded labels and some noise, rather than encoded one by one.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SIZES = (10_000, 100_000, 375_000)
TODAY = 740_000
POSTS = 100  # published one after the other, of which a tenth is not counted
_NOISE = 0.35
_TOPICS = 2_000  # of the catalogue; half of the offers name one


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of offers")
    parser.add_argument("--posts", type=int, default=POSTS, help="new posts measured at each size")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of esco_fr, if any")
    parser.add_argument("--json", action="store_true", help="print one JSON object for a machine")
    # A size is measured in a process of its own, which holds nothing but what a web process holds.
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Build an index of each size, then measure it from another process."""
    if options.measure:
        print(json.dumps(measured(options.measure, options.posts)))
        return 0
    rows = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="reciproque-post-") as name:
            folder = Path(name)
            start = time.perf_counter()
            build(folder, size, options.data)
            built = time.perf_counter() - start
            arguments = ["--measure", str(folder), "--posts", str(options.posts)]
            command = [sys.executable, "-m", "reciproque", "bench", "post", *arguments]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
            rows.append({"offers": size, "index built, s": round(built, 1), **json.loads(done.stdout)})
        if not options.json:
            print("\n".join(f"{name:44} {value}" for name, value in rows[-1].items()), flush=True)
            print(flush=True)
    if options.json:
        print(json.dumps({"sizes": rows}))
    return 0


def labels(data: Path) -> list[str]:
    """Subjects to write posts with: ESCO's French skills when they are there, else those of the demonstration."""
    from reciproque.config.bench.text import esco_task

    try:
        return esco_task(data / "esco_fr").documents.titles
    except FileNotFoundError:
        folder = Path(__file__).resolve().parent.parent / "demo"
        lines = (
            line
            for path in sorted(folder.glob("subjects_*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines()
        )
        return [offer["t"] for line in lines for offer in json.loads(line)["offers"]]


def build(folder: Path, size: int, data: Path) -> None:
    """Save an index of offers, and beside it the posts to come."""
    import numpy as np

    from reciproque.matching.engine.index import PostIndex
    from reciproque.matching.engine.meaning import encoder, post_vectors
    from reciproque.matching.engine.posts import OFFER, Posts, Texts

    rng = np.random.default_rng(0)
    every = labels(data)
    known = post_vectors(encoder(), every)
    first, second = rng.integers(0, len(every), (2, size))
    noise = rng.standard_normal((size, known.shape[1]), np.float32) / np.float32(known.shape[1] ** 0.5)
    vectors = known[first] + np.float32(_NOISE) * (known[second] + noise)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    titles = [
        f"{every[a]}, {' '.join(every[b].split()[:2])} {place % 97}"
        for place, (a, b) in enumerate(zip(first.tolist(), second.tolist(), strict=True))
    ]
    posts = Posts(kind=np.full(size, OFFER, np.int8), ids=np.arange(size), **_columns(rng, size))
    codes = [(int(topic),) if topic < _TOPICS else () for topic in first % (2 * _TOPICS)]
    index = PostIndex.build(posts, Texts(titles, topic_codes=codes), vectors=vectors.astype(np.float16))
    index.save(folder / "index")
    new = rng.choice(len(every), 1000)
    (folder / "posts.json").write_text(json.dumps([f"J’aimerais apprendre : {every[row]}" for row in new]))


def _columns(rng: Any, size: int) -> dict[str, Any]:
    """People, places and habits: what filters look at."""
    return {
        "author": rng.integers(0, max(1, size // 2), size),
        "manager": rng.integers(-1, max(1, size // 2), size),
        "site": rng.integers(0, 200, size),
        "department": rng.integers(0, 40, size),
        "modes": rng.choice([1, 2, 4, 6, 7], size, p=[0.2, 0.05, 0.1, 0.3, 0.35]),
        "languages": rng.choice([1, 2, 3], size, p=[0.62, 0.05, 0.33]),
        "level": rng.integers(0, 4, size),
        "since": TODAY - rng.integers(0, 300, size),
        "room": rng.integers(0, 5, size),
    }


def measured(folder: Path, number: int) -> dict[str, Any]:
    """Publish posts one after the other, as a web process or the worker would; say times and private memory."""
    import numpy as np

    from reciproque.matching.engine.candidates import candidates
    from reciproque.matching.engine.index import PostIndex
    from reciproque.matching.engine.meaning import encoder, post_vectors
    from reciproque.matching.engine.posts import REQUEST, Posts, Texts

    model = encoder()
    model.encode(["bonjour", "hello"])
    before = private_memory()
    start = time.perf_counter()
    index = PostIndex.load(folder / "index")
    opened = time.perf_counter() - start
    rng = np.random.default_rng(1)
    titles = json.loads((folder / "posts.json").read_text())
    times: list[tuple[float, float, float, float]] = []
    kept = 0
    for place in range(number):
        title = titles[place % len(titles)]
        one = Posts(ids=[10**9 + place], kind=[REQUEST], **_columns(rng, 1)).update(
            room=[1], author=[10**8 + place], languages=[3], modes=[7]
        )
        start, worked = time.perf_counter(), time.process_time()
        vector = post_vectors(model, [title])
        encoded = time.perf_counter()
        with_it = index.append(one, Texts([title], topic_codes=[(place % _TOPICS,)]), vectors=vector)
        added = time.perf_counter()
        found = candidates(with_it, today=TODAY, requests=with_it.rows_of(one.ids), k=20)
        worked = time.process_time() - worked
        times.append((time.perf_counter() - start, worked, encoded - start, added - encoded))
        kept += len(found)
    after = private_memory()
    start = time.perf_counter()
    for title in titles[:20]:
        index.search(title.split(":")[1])
    searched = (time.perf_counter() - start) / 20
    whole, processor, encoding, adding = (
        1000 * np.array(column)[number // 10 :] for column in zip(*times, strict=True)
    )
    return {
        "suggestions kept for a post": round(kept / number, 1),
        "work for a new post, p50 ms": round(float(np.percentile(whole, 50)), 1),
        "work for a new post, p95 ms": round(float(np.percentile(whole, 95)), 1),
        "  of processor time, p50 ms": round(float(np.percentile(processor, 50)), 1),
        "  of processor time, p95 ms": round(float(np.percentile(processor, 95)), 1),
        "  of which encoding, p50 ms": round(float(np.percentile(encoding, 50)), 1),
        "  of which adding to the index, p50 ms": round(float(np.percentile(adding, 50)), 1),
        "posts a second": round(1000 / float(np.mean(whole)), 1),
        "a search, ms": round(1000 * searched, 1),
        "index opened, ms": round(1000 * opened, 1),
        "private memory beyond the encoder, MB": round((after - before) / 1024, 1),
        "private memory after searches, MB": round((private_memory() - before) / 1024, 1),
        "index on disk, shared by all, MB": round(
            sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file()) / 2**20
        ),
    }


def private_memory() -> int:
    """The memory of this process that no other shares, in kB (on Linux; elsewhere its peak)."""
    try:
        text = Path("/proc/self/smaps_rollup").read_text()
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Pages mapped from the index are not anonymous: all processes share them, and the system may take them back.
    return sum(int(number) for number in re.findall(r"^(?:Anonymous|Swap): +(\d+)", text, re.M))
