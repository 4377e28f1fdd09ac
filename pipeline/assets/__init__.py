"""The assets: one file a layer, thin over `pipeline.steps`.

A layer is at once the file, the Dagster group, the DuckDB schema and the first part of the asset key.
"""
