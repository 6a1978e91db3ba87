"""Drawing charts as SVG that takes its colours from the page around it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .markup import escape

__all__ = ["Chart", "Panel", "choose_steps", "choose_time_steps", "describe_time"]

# Steps of axes in seconds that a clock has.
TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)

# Room that a line of writing takes, in units of the drawing.
LINE = 13.0


def choose_steps(low: float, high: float, n: int) -> list[float]:
    """Choose round values between two, `n` or a few less: multiples of 1, 2 or 5 times a power of ten."""
    rough = max(high - low, 1e-9) / n
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return [at * step for at in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def choose_time_steps(low_s: float, high_s: float, n: int) -> list[float]:
    """Choose times between two as a clock would, `n` or a few less."""
    rough = max(high_s - low_s, 1e-9) / n
    if rough < TIME_STEPS_S[0] or rough > TIME_STEPS_S[-1]:
        return choose_steps(low_s, high_s, n)
    step = next(one for one in TIME_STEPS_S if one >= rough)
    return [float(at * step) for at in range(math.ceil(low_s / step), math.floor(high_s / step) + 1)]


def describe_time(time_s: float) -> str:
    """Write seconds as minutes and seconds; tenths only where there are some."""
    tenths = round(abs(time_s) * 10)
    minutes, rest = divmod(tenths, 600)
    seconds = f"{rest // 10:02d}" + (f".{rest % 10}" if rest % 10 else "")
    return f"{'−' if time_s < 0 and tenths else ''}{minutes}:{seconds}"


@dataclass(frozen=True)
class Panel:
    """A part of a chart with axes of its own: where it lies in the drawing, and the values at its ends."""

    left: float
    top: float
    width: float
    height: float
    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        """Return where a value lies, from the left of the drawing."""
        return self.left + self.width * (value - self.x_low) / (self.x_high - self.x_low)

    def y(self, value: float) -> float:
        """Return where a value lies, from the top of the drawing."""
        return self.top + self.height * (self.y_high - value) / (self.y_high - self.y_low)


@dataclass
class Chart:
    """A drawing of so many units; `label` says in words what it shows."""

    width: float
    height: float
    label: str
    parts: list[str] = field(default_factory=list)

    def add_x_axis(self, panel: Panel, ticks: Iterable[tuple[float, str]], title: str) -> None:
        """Draw the axis below a panel; no writing without titles."""
        bottom = panel.top + panel.height
        for value, text in ticks:
            at = panel.x(value)
            self._add_line("grid", [(at, panel.top), (at, bottom)])
            if title:
                self.add_text(at, bottom + LINE + 2, text, "middle")
        self._add_line("axis", [(panel.left, bottom), (panel.left + panel.width, bottom)])
        if title:
            self.add_text(panel.left + panel.width / 2, bottom + 2.4 * LINE, title, "middle", "title")

    def add_y_axis(self, panel: Panel, ticks: Iterable[tuple[float, str]], title: str) -> None:
        """Draw the axis left of a panel, its title above it."""
        for value, text in ticks:
            at = panel.y(value)
            self._add_line("grid", [(panel.left, at), (panel.left + panel.width, at)])
            self.add_text(panel.left - 5, at + 4, text, "end")
        self.add_text(0, panel.top - 12, title, "start", "title")

    def add_line(self, panel: Panel, x: Sequence[float], y: Sequence[float], style: str) -> None:
        """Draw a line through points; several that fall on the same spot are one."""
        points = [(panel.x(one), panel.y(other)) for one, other in zip(x, y, strict=True)]
        self._add_line(style, points)

    def _add_line(self, style: str, points: Sequence[tuple[float, float]]) -> None:
        written = [f"{x:.1f},{y:.1f}" for x, y in points]
        kept = [one for at, one in enumerate(written) if at == 0 or one != written[at - 1]]
        self.parts.append(f'<polyline class="{style}" points="{" ".join(kept)}"/>')

    def add_band(self, panel: Panel, low: float, high: float, style: str) -> None:
        """Fill the whole height of a panel from one value of its lower axis to another."""
        self.add_box(panel, low, high, panel.y_low, panel.y_high, style)

    def add_box(
        self,
        panel: Panel,
        x_low: float,
        x_high: float,
        y_low: float,
        y_high: float,
        style: str,
        hint: str = "",
    ) -> None:
        """Fill a rectangle; the hint shows where a pointer rests on it."""
        left, top = panel.x(x_low), panel.y(y_high)
        size = f'width="{panel.x(x_high) - left:.1f}" height="{panel.y(y_low) - top:.1f}"'
        inner = f"<title>{escape(hint)}</title>" if hint else ""
        self.parts.append(f'<rect class="{style}" x="{left:.1f}" y="{top:.1f}" {size}>{inner}</rect>')

    def add_area(self, panel: Panel, x: Sequence[float], low: Sequence[float], high: Sequence[float]) -> None:
        """Fill what lies between two lines."""
        there = [(panel.x(at), panel.y(value)) for at, value in zip(x, high, strict=True)]
        back = [(panel.x(at), panel.y(value)) for at, value in zip(x, low, strict=True)]
        points = " ".join(f"{left:.1f},{top:.1f}" for left, top in [*there, *reversed(back)])
        self.parts.append(f'<polygon class="area" points="{points}"/>')

    def add_dot(self, panel: Panel, x: float, y: float, style: str) -> None:
        """Draw a dot."""
        self.parts.append(f'<circle class="{style}" cx="{panel.x(x):.1f}" cy="{panel.y(y):.1f}" r="4.5"/>')

    def add_text(self, x: float, y: float, text: str, anchor: str, style: str = "tick") -> None:
        """Write at a spot of the drawing; anchor is start, middle or end."""
        self.parts.append(
            f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def write(self) -> str:
        """Return the SVG element."""
        return (
            f'<svg viewBox="0 0 {self.width:g} {self.height:g}" role="img" aria-label="{escape(self.label)}">'
            f"{''.join(self.parts)}</svg>"
        )
