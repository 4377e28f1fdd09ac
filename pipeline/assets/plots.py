"""Plots for the catalogue: numbers in, markdown with the picture in it out.

What belongs here: drawing. What does not: reading tables or judging figures. A picture is a PNG as a data address, so
that it needs no file and no server; the same numbers give the same bytes.
"""

import base64
import io
import math
from collections.abc import Callable, Sequence
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, GRID = "#1f2933", "#d9dfe5"
BLUE, ORANGE, GREEN, GREY = "#2563a8", "#d9822b", "#3a8f5c", "#9aa5b1"
"""Told apart also by readers who do not see red and green apart, and in grey."""

STYLE: Final = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}

SIZE_INCHES: Final = (6.8, 3.8)
DOTS_PER_INCH: Final = 110

WEIGHT_SPAN: Final = (-10, 40)
"""Bits shown; lighter and heavier links are counted in the outermost bars."""


EARLIEST_SHARE: Final = 0.01
"""Share of the works that may be left out of the months shown: a few of long ago make every month a hair's breadth."""


def cluster_sizes(sizes: Sequence[tuple[int, int]]) -> str:
    """Draw how many authors have how many mentions, both on logarithmic axes.

    Args:
        sizes: (mentions of an author, authors of that size).
    """

    def draw(axes: "Axes") -> None:
        _dots(axes, sizes)
        axes.set_xlabel("mentions of an author")
        axes.set_ylabel("authors")

    return _picture("Cluster sizes", draw if sizes else None)


def match_weights(weights: Sequence[tuple[str, int, int]]) -> str:
    """Draw the match weights of the accepted links, stacked by what decided them.

    Args:
        weights: (what decided, whole bits, links).
    """
    low, high = WEIGHT_SPAN
    colours = {"score": BLUE, "orcid": GREEN, "correction": ORANGE}
    labels = {"score": "decided by score", "orcid": "by ORCID", "correction": "by correction"}
    heights = {decided_by: [0] * (high - low + 1) for decided_by in colours}
    for decided_by, bits, links in weights:
        heights[decided_by][min(max(bits, low), high) - low] += links

    def draw(axes: "Axes") -> None:
        base = [0] * (high - low + 1)
        for decided_by, height in heights.items():
            if any(height):
                axes.bar(
                    range(low, high + 1),
                    height,
                    bottom=base,
                    align="edge",
                    width=0.9,
                    color=colours[decided_by],
                    label=labels[decided_by],
                )
            base = [below + more for below, more in zip(base, height, strict=True)]
        axes.axvline(0, color=INK, linewidth=1)
        axes.set_ylim(top=1.08 * max(base))
        axes.grid(visible=False, axis="x")
        axes.yaxis.set_major_formatter(_whole)
        axes.set_xlim(low - 0.5, high + 1.5)
        axes.set_xlabel("match weight, bits (log2 odds)")
        axes.set_ylabel("links")
        axes.legend()

    return _picture("Match weights of accepted links", draw if weights else None)


def calibration(bins: Sequence[tuple[float, float, int]]) -> str:
    """Draw the share of links that is right against the probability that was predicted.

    Args:
        bins: (mean probability, share that is right, links) of each bin.
    """

    def draw(axes: "Axes") -> None:
        predicted, observed, links = zip(*bins, strict=True)
        spans = [interval(share, n) for _, share, n in bins]
        reach = [
            [share - low for share, (low, _) in zip(observed, spans, strict=True)],
            [high - share for share, (_, high) in zip(observed, spans, strict=True)],
        ]
        axes.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle=(0, (4, 3)), label="as predicted")
        axes.errorbar(
            predicted,
            observed,
            yerr=reach,
            fmt="o",
            color=BLUE,
            markersize=6,
            elinewidth=1.5,
            label="links between known iDs: how many, 95% interval",
        )
        for x, y, n in zip(predicted, observed, links, strict=True):
            axes.annotate(
                f"{n:,}",
                (x, y),
                textcoords="offset points",
                xytext=(-8, 0),
                ha="right",
                va="center",
                fontsize=8,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )
        axes.set_xlim(-0.03, 1.05)
        axes.set_ylim(-0.03, 1.05)
        axes.set_xlabel("predicted probability")
        axes.set_ylabel("share that is right")
        _legend_below(axes)

    return _picture("Calibration of links, iDs hidden from the resolver", draw if bins else None)


def quality_over_runs(runs: Sequence[tuple[int, str, float]]) -> str:
    """Draw B-cubed precision, recall and F1 of every run that had iDs to be measured with.

    Args:
        runs: (run number, metric, value).
    """
    lines = {"b3_precision": ("precision", ORANGE), "b3_recall": ("recall", GREEN), "b3_f1": ("F1", BLUE)}

    def draw(axes: "Axes") -> None:
        for metric, (label, colour) in lines.items():
            places = [(number, value) for number, name, value in runs if name == metric]
            axes.plot(*zip(*places, strict=True), "o-", color=colour, linewidth=1.5, markersize=5, label=label)
        lowest = min(value for _, _, value in runs)
        axes.set_ylim(max(0.0, min(0.9, lowest - 0.02)), 1.005)
        numbers = [number for number, _, _ in runs]
        axes.set_xlim(min(numbers) - 0.5, max(numbers) + 0.5)
        axes.locator_params("x", integer=True, min_n_ticks=1)
        axes.set_xlabel("run number")
        axes.set_ylabel("B-cubed")
        _legend_below(axes)

    return _picture("Quality against ORCID iDs, over runs", draw if runs else None)


def trust_by_tier(scores: Sequence[tuple[str, int, int]]) -> str:
    """Draw how many people have which trust score, on a logarithmic axis, coloured by the tier that the score is in.

    Args:
        scores: (tier, score, people).
    """
    colours = {"Unverified": GREY, "Corroborated": ORANGE, "Identified": BLUE, "Verified": GREEN}

    def draw(axes: "Axes") -> None:
        for tier, colour in colours.items():
            heights = {score: people for name, score, people in scores if name == tier}
            if heights:
                label = f"{tier}: {sum(heights.values()):,}"
                axes.bar(list(heights), list(heights.values()), width=0.9, color=colour, label=label)
        axes.grid(visible=False, axis="x")
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.8)
        axes.yaxis.set_major_formatter(_whole)
        axes.set_xlim(-1, max(60, *(score for _, score, _ in scores)) + 1)
        axes.set_xlabel("trust score")
        axes.set_ylabel("people")
        _legend_below(axes, columns=4)

    return _picture("Trust scores by tier", draw if scores else None)


def collaborator_counts(counts: Sequence[tuple[int, int]]) -> str:
    """Draw how many people have how many collaborators, both on logarithmic axes; those without any are left out.

    Args:
        counts: (collaborators of a person, people with so many).
    """
    some = [(collaborators, people) for collaborators, people in counts if collaborators]

    def draw(axes: "Axes") -> None:
        _dots(axes, some)
        axes.set_xlabel("collaborators of a person")
        axes.set_ylabel("people")

    return _picture("Collaborators", draw if some else None)


def coverage_by_month(months: Sequence[tuple[date, int, int, int]]) -> str:
    """Draw the works of each month, stacked by the sources that have them, without the few of long ago.

    Args:
        months: (first day of the month, works in both sources, in arXiv alone, in OpenAlex alone), in order.
    """

    def draw(axes: "Axes") -> None:
        shown, earlier = in_view(months)
        days, *heights = zip(*shown, strict=True)
        base = [0] * len(days)
        labels = {"in both": GREEN, "arXiv alone": BLUE, "OpenAlex alone": ORANGE}
        for height, (label, colour) in zip(heights, labels.items(), strict=True):
            if any(height):
                axes.bar(days, height, bottom=base, width=28, color=colour, label=label)
            base = [below + more for below, more in zip(base, height, strict=True)]
        axes.grid(visible=False, axis="x")
        axes.yaxis.set_major_formatter(_whole)
        note = f"; works before {days[0]:%B %Y}: {earlier:,}" if earlier else ""
        axes.set_xlabel(f"month of first submission or publication{note}")
        axes.set_ylabel("works")
        _legend_below(axes)

    return _picture("Works by month and source", draw if months else None)


def in_view(months: Sequence[tuple[date, int, int, int]]) -> tuple[Sequence[tuple[date, int, int, int]], int]:
    """The months to draw and how many works are left out: the earliest, as many as are a hundredth of all at most."""
    totals = list(accumulate(sum(works) for _, *works in months))
    first = sum(total <= EARLIEST_SHARE * totals[-1] for total in totals)
    return months[first:], totals[first - 1] if first else 0


def _dots(axes: "Axes", counts: Sequence[tuple[int, int]]) -> None:
    """Dots on two logarithmic axes with whole numbers on them."""
    axes.loglog(*zip(*counts, strict=True), "o", color=BLUE, markersize=4.5, markeredgewidth=0, alpha=0.8)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(_whole)
        axis.set_minor_formatter("")
    axes.set_xlim(0.8, max(15.0, 1.5 * max(count for count, _ in counts)))
    axes.set_ylim(bottom=0.8)


def _legend_below(axes: "Axes", columns: int = 3) -> None:
    """Put the legend where no figure can run into it."""
    axes.figure.legend(loc="outside lower center", ncols=columns)


def interval(share: float, of: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share (Wilson 1927): wide where few were counted, never beyond 0 and 1."""
    z = 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0)


def _whole(value: float, _: float) -> str:
    """A tick's label: whole numbers with separators, nothing between."""
    return f"{value:,.0f}" if value == int(value) else ""


def _picture(title: str, draw: "Callable[[Axes], None] | None") -> str:
    """Markdown of a drawn picture; a sentence where there is nothing to draw."""
    if draw is None:
        return "Nothing to draw yet."
    # Half a second that commands which draw nothing need not wait for.
    from matplotlib import style  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    # The defaults first: a reader's own settings must not change the bytes.
    with style.context(["default", dict(STYLE)]):
        figure = Figure(figsize=SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        draw(axes)
        axes.set_title(title, pad=10)
        file = io.BytesIO()
        figure.savefig(file, format="png", metadata={"Software": None})
    return f"![{title}](data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')})"
