"""Draws `docs/bench.svg` from the results file alone: `python bench/chart.py`."""

import json
import math
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

HERE: Final = Path(__file__).parent
RESULTS: Final = HERE / "results.json"
FILE: Final = HERE.parent / "docs" / "bench.svg"

_WIDTH: Final = 800
_LABELS: Final = 340
"""Where bars begin."""
_BARS: Final = 350
"""How long the longest bar is."""
_ROW: Final = 26
_STYLE: Final = """
  .card { fill: #ffffff; stroke: #d0d7de; }
  text { fill: #1f2328; font: 13px system-ui, sans-serif; }
  .heading { font-weight: 600; }
  .bar { fill: #0969da; }
  .target { stroke: #1f2328; stroke-width: 2; }
  .small { font-size: 11px; }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117; stroke: #30363d; }
    text { fill: #e6edf3; }
    .bar { fill: #4493f8; }
    .target { stroke: #e6edf3; }
  }
"""


def svg(found: dict[str, Any]) -> str:
    """The chart: bars of ratios, each with a line where its target is."""
    limits = [one for one in found["comparisons"] if one["chart"] == "limit"]
    multiples = [one for one in found["comparisons"] if one["chart"] == "times"]
    longest = max((max(one["median"], one["bound"]) for one in limits), default=1.0)
    most = max((max(one["median"], one["bound"]) for one in multiples), default=10.0)
    parts: list[str] = []
    top = 34
    heading = "Share of what is named (of a constant body: the HTTP server's own limit)"
    top = _panel(parts, top, heading, limits, lambda value: value / longest, "{:.2f}")
    if multiples:
        heading = "Times as many requests as others (logarithmic)"
        top = _panel(
            parts,
            top + 14,
            heading,
            multiples,
            lambda v: math.log(max(v, 1)) / math.log(most),
            "{:,.0f} times",
        )
    note = f"A vertical line is the target. {found['machine']}, {found['began'][:10]}."
    parts.append(f'<text class="small" x="20" y="{top + 8}">{escape(note)}</text>')
    height = top + 24
    said = "; ".join(
        f"{one['label']}: {one['median']:.3g}, target {one['rule']} {one['bound']:g}"
        for one in (*limits, *multiples)
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" \
width="{_WIDTH}" height="{height}" role="img" aria-labelledby="title description">
<title id="title">How fast Tradepost is: ratios measured by make bench</title>
<desc id="description">{escape(said)}</desc>
<style>{_STYLE}</style>
<rect class="card" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="6"/>
{"".join(part + chr(10) for part in parts)}</svg>
"""


def _panel(
    parts: list[str], top: int, heading: str, rows: list[dict[str, Any]], scale: Any, form: str
) -> int:
    """Draw a heading and a bar for each row; where the next thing may begin."""
    parts.append(f'<text class="heading" x="20" y="{top}">{escape(heading)}</text>')
    top += 12
    for one in rows:
        length, target = (_BARS * scale(one[key]) for key in ("median", "bound"))
        x = _LABELS + target
        parts.append(
            f'<text x="{_LABELS - 10}" y="{top + 15}" text-anchor="end">'
            f"{escape(one['label'])}</text>"
        )
        parts.append(
            f'<rect class="bar" x="{_LABELS}" y="{top + 3}" width="{length:.1f}" height="16" '
            'rx="2"/>'
        )
        parts.append(f'<path class="target" d="M{x:.1f} {top + 1}v20"/>')
        value = escape(form.format(one["median"]))
        beside = max(length, target) + 6
        parts.append(f'<text x="{_LABELS + beside:.1f}" y="{top + 15}">{value}</text>')
        top += _ROW
    return top


if __name__ == "__main__":
    FILE.write_text(svg(json.loads(RESULTS.read_text("utf-8"))), encoding="utf-8")
