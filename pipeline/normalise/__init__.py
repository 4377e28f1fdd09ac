"""Records in, frames out: pure functions that put what the sources said into the shape of the staging contracts.

`records.py` makes one frame a source from its records; `matching.py` scores whether an OpenAlex record is the same
paper as an arXiv one; `bylines.py` lines up two bylines of one paper; `links.py` finds code and data in free text.
Nothing here reads a file, asks a server or knows DuckDB or Dagster.
"""
