"""The chart of the benchmark is what its results say."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chart() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_chart", BENCH / "chart.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def comparison(label: str, part: str, median: float, bound: float) -> dict[str, Any]:
    return {
        "label": label,
        "chart": part,
        "median": median,
        "bound": bound,
        "rule": "at least",
    }


def test_the_chart_has_a_bar_for_each_ratio(chart: ModuleType) -> None:
    found = {
        "began": "2026-01-02T03:04+00:00",
        "machine": "2 cores <test>",
        "comparisons": [
            comparison("half & half", "limit", 0.5, 1.0),
            comparison("many", "times", 100.0, 10.0),
            comparison("not shown", "", 1.0, 1.0),
        ],
    }
    drawn = ElementTree.fromstring(chart.svg(found))
    bars = [bar for bar in drawn.iter(f"{SVG}rect") if bar.get("class") == "bar"]
    assert [float(bar.get("width", 0)) for bar in bars] == [175.0, 350.0]
    said = [text.text for text in drawn.iter(f"{SVG}text")]
    assert "half & half" in said
    assert "not shown" not in said
    assert drawn.find(f"{SVG}title") is not None


def test_the_chart_is_made_from_the_results(chart: ModuleType) -> None:
    if not chart.RESULTS.exists():
        pytest.skip("make bench has written no results yet")
    found = json.loads(chart.RESULTS.read_text("utf-8"))
    assert chart.FILE.read_text("utf-8") == chart.svg(found)
