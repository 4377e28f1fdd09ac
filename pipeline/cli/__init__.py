"""The `pipeline` command: a thin shell over what the assets call.

`sources.py` fetches and loads, `days.py` knows which days are complete, `people.py` resolves and looks people up,
`corrections.py` takes decisions down, `warehouse.py` asks and exports the published file, `service.py` runs the replica
and the doctor, `dictionary.py` writes the data dictionary; `runs.py` is how a command runs a Dagster job in its own
process, `console.py` where it prints. A user's mistake is one sentence and exit code 1.
"""

from pipeline.cli.app import main

__all__ = ["main"]
