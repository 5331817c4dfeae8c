"""Pictures: functions from data to a small structure with coordinates, which templates draw.

Across, coordinates are percent of the picture's width, so that it may be as wide as its place while
its letters stay as they are. Down, they are rows.
"""


def percent(x: float) -> str:
    """A coordinate as SVG has it."""
    return f"{round(x, 2):g}%"
