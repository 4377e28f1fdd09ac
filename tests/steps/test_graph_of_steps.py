import time
from .bench import Bench
from .small_world import *
from pipeline.sources.pages import Source
def test_x(tmp_path):
    b=Bench(tmp_path)
    b.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    b.land(Source.OPENALEX_WORKS, json_lines(WORKS), minutes=1)
    b.land(Source.OPENALEX_INSTITUTIONS, json_lines(INSTITUTIONS), minutes=2)
    b.land(Source.OPENALEX_AUTHORS, json_lines(AUTHORS), minutes=3)
    t=time.time()
    print(b.build()); print(time.time()-t)
    t=time.time(); print(b.build()); print(time.time()-t)
    for t in ("staging.rejected","staging.work_records","staging.works"): print(b.rows(f"select * exclude (payload) from {t}" if "rej" in t else f"from {t}"))
    print(b.rows("from staging.mentions where work_id not like '%6'"))
    assert 0
