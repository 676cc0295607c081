"""The outline of a sound as a drawing: one closed path of an SVG, as tall as full scale is loud.

Draws what `audio_assets.peaks` has measured; reads no file and decides nothing.
"""

from markupsafe import Markup

from audio_assets.peaks import Peaks

__all__ = ["HEIGHT", "outline", "picture"]

HEIGHT = 100
"""Units from the loudest possible sample up to the loudest down."""
_FULL = 127
_TALLEST = 0.94
"""Of half the height, for the loudest sample: room between the drawing and its frame."""
_LEAST = 0.6
"""Half the height of a column of silence: a line that can be seen."""
_QUIETEST = 24
"""What the loudest column of a quiet sound is drawn as if it were at least: its shape is what is looked at."""


def outline(peaks: Peaks) -> str:
    """The path: along the upper edge and back along the lower, one unit a column."""
    values = peaks.values()
    if not values:
        return ""
    scale = _TALLEST * HEIGHT / 2 / max(_QUIETEST, min(_FULL, max(abs(value) for value in values)))
    middle = HEIGHT / 2
    upper = [middle - max(_LEAST, value * scale) for value in values[1::2]]
    lower = [middle - min(-_LEAST, value * scale) for value in values[::2]]
    there = " ".join(f"{at} {y:.1f}" for at, y in enumerate(upper))
    back = " ".join(f"{at} {y:.1f}" for at, y in reversed(list(enumerate(lower))))
    return f"M{there} {back}Z"


def picture(peaks: Peaks) -> Markup:
    """A whole SVG file of an outline, in the grey of what is not playing."""
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" preserveAspectRatio="none">'
        '<path fill="#5b7083" d="{}"/></svg>'
    ).format(max(1, len(peaks) - 1), HEIGHT, outline(peaks))
