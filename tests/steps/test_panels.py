"""Panels of a page as they are read from the marts."""

import random

import duckdb

from pipeline.metrics.trust import COMPONENTS
from pipeline.steps.panels import read_panel
from warehouse.tables import create_tables


def test_trust_reasons_come_in_the_order_in_which_they_are_explained():
    """Where a run renews them, they are stored in another."""
    names = [component.name for component in COMPONENTS]
    with duckdb.connect() as con:
        create_tables(con)
        for name in random.Random(7).sample(names, len(names)):
            con.execute(
                "INSERT INTO marts.trust_reasons BY NAME SELECT 'A1' AS author_id, ? AS component, 0 AS x, 0 AS points,"
                " 'none' AS status, '' AS sentence, [] AS evidence_ids",
                [name],
            )
        assert [row["component"] for row in read_panel(con, "trust_reasons", "A1")] == names
