"""The tables of ``make bench``, with the bars of issue 3 and ✓ or ✗ in words beside each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

BARS: Mapping[str, tuple[int, float, int | None]] = {
    "list": (12, 50.0, 60_000),
    "measure": (15, 30.0, None),
    "home": (12, 50.0, None),
}
"""Kind of page → queries, ms CPU, bytes of HTML at most."""
GROWTH = 1.3
STATIC = 40_000
LETTER_RATIO = 1.3
CORES_BUSY = 1.7
MEMORY_MB = 10.0
IMPORT_SECONDS, IMPORT_MB = 10.0, 150.0
"""For 5 000 rows."""


def mark(ok: bool) -> str:
    return "✓ met" if ok else "✗ missed"


def calmest(turns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of several turns each page's least CPU: what else the machine did meanwhile only adds to it."""
    least = [min(costs, key=lambda cost: cost["cpu"]) for costs in zip(*(turn["pages"] for turn in turns), strict=True)]
    return turns[-1] | {"pages": least}


def pages(office: Mapping[str, Any], nation: Mapping[str, Any] | None) -> Iterator[str]:
    """Each page at the office's size, and how much dearer it is in the nation."""
    yield f"Office: {office['size']}" + (f"   Nation: {nation['size']}" if nation else "")
    yield f"{'page':<26}{'as':<14}{'queries':>8}{'ms CPU':>9}{'kB':>8}{'brotli':>8}{'growth':>8}  bars"
    large = {(row["name"], row["who"]): row for row in (nation or {}).get("pages", [])}
    for row in office["pages"]:
        other = large.get((row["name"], row["who"]))
        growth = other["cpu"] / row["cpu"] if other and row["cpu"] else None
        words = [mark(ok) + " " + what for what, ok in _held(row, growth)]
        yield (
            f"{row['name']:<26}{row['who']:<14}{row['queries']:>8}{row['cpu']:>9.1f}{row['plain'] / 1000:>8.1f}"
            f"{row['pressed'] / 1000:>8.1f}{f'{growth:.2f}' if growth else '–':>8}  {', '.join(words)}"
        )
    total = sum(office["static"].values())
    yield f"CSS and JavaScript sent with home: {total / 1000:.1f} kB brotli ({mark(total <= STATIC)}, ≤ 40)"


def _held(row: Mapping[str, Any], growth: float | None) -> Iterator[tuple[str, bool]]:
    if row["status"] != 200:
        yield f"answers {row['status']}", False
    if row["kind"] in BARS:
        queries, cpu, size = BARS[row["kind"]]
        yield f"≤ {queries} queries", row["queries"] <= queries
        yield f"≤ {cpu:.0f} ms", row["cpu"] <= cpu
        if size is not None:
            yield f"≤ {size // 1000} kB", row["plain"] <= size
    if growth is not None:
        yield f"≤ {GROWTH} ×", growth <= GROWTH


def letters(found: Mapping[str, Any]) -> Iterator[str]:
    cost, workers, memory, previews = (found[name] for name in ("cost", "workers", "memory", "previews"))
    yield (
        f"CPU per letter: {cost['program_ms']} ms through the program, {cost['weasyprint_ms']} ms WeasyPrint alone, "
        f"{cost['ratio']} × ({mark(cost['ratio'] <= LETTER_RATIO)}, ≤ {LETTER_RATIO})"
    )
    yield (
        f"Two workers: {workers['cores_used']} cores busy, {workers['letters_per_second']} letters a second "
        f"({mark(workers['cores_used'] >= CORES_BUSY)}, ≥ {CORES_BUSY} on a machine with nothing else to do)"
    )
    grown = memory["after_all_mb"] - memory["after_tenth_mb"]
    yield (
        f"Memory of a worker from letter {memory['letters'] // 10} to {memory['letters']}: {grown:+.1f} MB "
        f"({mark(grown <= MEMORY_MB)}, ≤ {MEMORY_MB:.0f})"
    )
    answered, asked = previews["statuses"].count(200), len(previews["statuses"])
    yield f"Previews at once: {answered} of {asked} answered in {previews['seconds']} s ({mark(answered == asked)})"
    yield "The URL fetcher refuses the network: tests/core/test_pdf.py"


def imports(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "Seconds to read and judge, then to judge again and write (of them CPU); memory before and at most"
    for one in found:
        seconds = one["look_s"] + one["apply_s"]
        yield (
            f"{one['name']:<15}{one['rows']:>6} rows{one['look_s']:>7} ({one['look_cpu']}){one['apply_s']:>7} "
            f"({one['apply_cpu']}) s: {mark(seconds <= IMPORT_SECONDS)} ≤ {IMPORT_SECONDS:.0f} s for 5 000;"
            f"{one['before_mb']:>7} → {one['peak_mb']} MB: {mark(one['peak_mb'] <= IMPORT_MB)} ≤ {IMPORT_MB:.0f}"
        )
        yield f"{'openpyxl':<15}alone reads that file in {one['openpyxl_s']} s ({one['openpyxl_cpu']} s CPU)"


def burden(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"A year of {found['profile']}, each role together (a person's share in brackets)"
    yield f"{'role':<24}{'people':>7}{'tasks':>13}{'fields':>15}{'clicks':>13}{'mails':>13}{'signatures':>13}"
    for row in found["roles"]:
        many = max(row["people"], 1)
        cells = "".join(
            f"{f'{row[name]} ({row[name] / many:.0f})':>{width}}"
            for name, width in (("tasks", 13), ("fields", 15), ("clicks", 13), ("mails", 13), ("signatures", 13))
        )
        yield f"{row['role']:<24}{row['people']:>7}{cells}"
