"""How every bench prints what it measured: name, figure, unit, and the figure's share of what was promised.

A share of 1.00 just keeps the promise, 0.10 keeps it ten times over, more than 1 breaks it. Nothing is asserted.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    promise: float | None = None
    more_is_better: bool = False

    @property
    def share(self):
        if self.promise is None or not self.value:
            return ""
        share = self.promise / self.value if self.more_is_better else self.value / self.promise
        sign = ">" if self.more_is_better else "<"
        return f"{share:.2f} of {sign} {self.promise:g} {self.unit}"


def show(title, figures):
    wide = max(len(figure.name) for figure in figures)
    print(title)
    for figure in figures:
        print(f"  {figure.name:{wide}}  {figure.value:10.3f} {figure.unit:6} {figure.share}".rstrip())


def grid(heads, rows):
    """Rows of words under their heads, as Markdown that is also read in a terminal."""
    wide = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for line in (heads, ["-" * width for width in wide], *rows):
        print("| " + " | ".join(f"{word:{width}}" for word, width in zip(line, wide, strict=True)) + " |")
