"""Three SPARQL servers that hold the packaged graph, their default graph the union of its graphs.

Test modules name this one in ``pytest_plugins``; each server is then started once for all of them,
and stopped at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from engines import fill, fuseki, oxigraph, sign_for_virtuoso, virtuoso

if TYPE_CHECKING:
    import millelieux_graph as ml


@pytest.fixture(scope="session")
def oxigraph_url(dataset: ml.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Oxigraph server with the packaged graph."""
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as base:
        fill(dataset.graph, f"{base}/store?graph=")
        yield f"{base}/query"


@pytest.fixture(scope="session")
def virtuoso_url(dataset: ml.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Virtuoso with the packaged graph."""
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as base:
        fill(dataset.graph, f"{base}/sparql-graph-crud-auth?graph-uri=", sign_for_virtuoso)
        yield f"{base}/sparql"


@pytest.fixture(scope="session")
def fuseki_url(dataset: ml.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Fuseki with the packaged graph."""
    with fuseki(tmp_path_factory.mktemp("fuseki")) as base:
        fill(dataset.graph, f"{base}/data?graph=")
        yield f"{base}/sparql"
