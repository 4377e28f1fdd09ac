"""A local server that speaks the arXiv API, arXiv OAI-PMH and the OpenAlex API over a folder of records.

For the demo, for tests and for fault drills. Inside: `lines`, `papers`, `store` hold the data; `query`,
`search`, `atom`, `arxiv_api` are the Atom API; `oai`, `oai_formats`, `taxonomy` are OAI-PMH; `entities`,
`filters`, `openalex`, `allowance` are OpenAlex; `faults` decides what goes wrong; `endpoints` and `server`
put it on a port. Nothing here is used when the pipeline talks to the public APIs.
"""

from pipeline.replica.faults import FaultPlan, FaultSpecError
from pipeline.replica.lines import ReplicaDataError
from pipeline.replica.oai import PageSizes
from pipeline.replica.server import ReplicaStartError, ReplicaUrls, create_app, running, serve

__all__ = [
    "FaultPlan",
    "FaultSpecError",
    "PageSizes",
    "ReplicaDataError",
    "ReplicaStartError",
    "ReplicaUrls",
    "create_app",
    "running",
    "serve",
]
