"""A look at the published warehouse: `marimo edit notebooks/warehouse.py`, or `marimo run` to read it as a page.

It opens `warehouse.duckdb` below `PIPELINE_DATA` read-only, also while a run is writing, and plots what is there.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Who wrote what")


@app.cell
def _():
    import os
    from pathlib import Path

    import duckdb
    import marimo as mo
    from matplotlib.figure import Figure

    return Figure, Path, duckdb, mo, os


@app.cell
def _(Path, duckdb, mo, os):
    folder = Path(os.environ.get("PIPELINE_DATA", Path(__file__).parents[1] / "warehouse" / "data"))
    published = folder / "warehouse.duckdb"
    mo.stop(
        not published.exists(),
        mo.md(f"Nothing is published in `{folder}` yet: run `pipeline demo`, or set `PIPELINE_DATA`."),
    )
    con = duckdb.connect(str(published), read_only=True)
    counts = con.sql(
        """
        SELECT
            (SELECT count(*) FROM marts.papers) AS papers,
            (SELECT count(*) FROM marts.authors WHERE kind = 'person') AS people,
            (SELECT count(*) FROM resolved.author_mentions) AS mentions
        """
    ).fetchall()[0]
    mo.md(
        f"""
        # Who wrote what

        {counts[0]:,} papers, {counts[1]:,} people, {counts[2]:,} printed names in `{published}`.
        """
    )
    return con, counts


@app.cell
def _(Figure):
    def axes_of(title, x, y):
        """Empty axes with their words."""
        axes = Figure(figsize=(8, 3.6), layout="constrained").add_subplot()
        axes.set_title(title, loc="left")
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.spines[["top", "right"]].set_visible(False)
        return axes

    return (axes_of,)


@app.cell
def _(axes_of, con, mo):
    tiers = con.sql(
        """
        SELECT trust_tier, count(*) AS people FROM marts.authors WHERE kind = 'person'
        GROUP BY trust_tier ORDER BY min(trust_score)
        """
    ).fetchall()
    tier_axes = axes_of("People by tier of trust", "tier", "people")
    tier_axes.bar_label(tier_axes.bar([tier for tier, _ in tiers], [people for _, people in tiers]), fmt="{:,.0f}")
    mo.vstack([mo.md("## Trust"), tier_axes.figure])
    return (tiers,)


@app.cell
def _(axes_of, con, mo):
    months = con.sql(
        """
        SELECT
            date_trunc('month', first_submitted_at)::DATE AS in_month,
            count(*) FILTER (WHERE has_openalex) AS in_both,
            count(*) FILTER (WHERE NOT has_openalex) AS arxiv_alone
        FROM marts.papers WHERE first_submitted_at IS NOT NULL
        GROUP BY in_month ORDER BY in_month
        """
    ).fetchall()
    days, in_both, arxiv_alone = zip(*months, strict=True) if months else ([], [], [])
    month_axes = axes_of("Papers of arXiv by month of first submission", "month", "papers")
    month_axes.bar(days, in_both, width=28, label="also in OpenAlex")
    month_axes.bar(days, arxiv_alone, width=28, bottom=in_both, label="in arXiv alone")
    month_axes.legend(frameon=False)
    mo.vstack([mo.md("## Coverage"), month_axes.figure])
    return (months,)


@app.cell
def _(axes_of, con, mo):
    sizes = con.sql(
        """
        SELECT mentions, count(*) AS people
        FROM (SELECT count(*) AS mentions FROM resolved.author_mentions GROUP BY author_id)
        GROUP BY mentions ORDER BY mentions
        """
    ).fetchall()
    size_axes = axes_of("Printed names that were found to be one person", "names of a person", "people")
    size_axes.loglog([size for size, _ in sizes], [people for _, people in sizes], "o")
    mo.vstack([mo.md("## Clusters"), size_axes.figure])
    return (sizes,)


@app.cell
def _(con, mo):
    prolific = con.sql(
        """
        SELECT display_name || ' · ' || author_id, author_id FROM marts.authors WHERE kind = 'person'
        ORDER BY works_count DESC, author_id LIMIT 200
        """
    ).fetchall()
    author = mo.ui.dropdown(dict(prolific), value=prolific[0][0] if prolific else None, label="Author", searchable=True)
    mo.vstack([mo.md("## One author's collaborators"), author])
    return (author,)


@app.cell
def _(author, axes_of, con, mo):
    collaborators = con.execute(
        """
        SELECT display_name, joint_works, round(strength, 2) AS strength, is_close,
            first_year::VARCHAR, last_year::VARCHAR
        FROM marts.collaborators WHERE author_id = ?
        ORDER BY joint_works DESC, strength DESC, collaborator_id LIMIT 15
        """,
        [author.value],
    ).fetchall()
    names = [f"{name}{' *' if is_close else ''}" for name, _, _, is_close, *_ in collaborators]
    tie_axes = axes_of("Joint works (* close)", "joint works", "")
    tie_axes.barh(range(len(names)), [row[1] for row in collaborators], tick_label=names)
    tie_axes.invert_yaxis()
    tie_axes.locator_params("x", integer=True)
    columns = ("name", "joint works", "strength", "close", "first year", "last year")
    table = mo.ui.table([dict(zip(columns, row, strict=True)) for row in collaborators], selection=None)
    mo.vstack([tie_axes.figure, table])
    return (collaborators,)


if __name__ == "__main__":
    app.run()
