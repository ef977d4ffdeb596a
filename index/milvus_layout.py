"""How the collections are laid out on Milvus: fields, index types and their numbers.

docs/scaling.md has the arithmetic; below `EXACT_PASSAGES` the dense index is exact.
"""

from index.milvus_connection import LOAD_SECONDS, Connection
from index.milvus_rows import MAX_VALUE, DenseLayout, kept_name

EXACT_PASSAGES = 100_000
"""Up to here every vector is compared; one core does it in about 13 ms."""
GRAPH_PASSAGES = 20_000_000
"""Up to here the vectors are a graph in memory; above, codes of a bit a dimension in lists."""
MAX_ID = 512
"""Bytes of a passage's id: the article's, and two offsets."""
MAX_ARTICLE_ID = 256
LISTS = 2_048
"""Of one segment of Milvus, some 400 thousand passages: each segment has an index of its own."""
PARTITIONS = 64
"""Into which the articles are spread by their ids."""


def dense_layout(passages: int) -> DenseLayout:
    """Choose the dense index for so many passages."""
    if passages <= EXACT_PASSAGES:
        return DenseLayout("FLAT", {}, {})
    if passages <= GRAPH_PASSAGES:
        return DenseLayout("HNSW", {"M": 16, "efConstruction": 200}, {"ef": 512})
    build = {"nlist": LISTS, "refine": True, "refine_type": "SQ8"}
    return DenseLayout("IVF_RABITQ", build, {"nprobe": 64, "refine_k": 3})


def create_build(
    connection: Connection, build: str, *, dimension: int, passages: int, shards: int = 1
) -> None:
    """Make the two collections of a build, empty.

    Args:
        connection: where.
        build: its name.
        dimension: of the dense vectors.
        passages: how many there will be, for the choice of the index.
        shards: over how many channels writes are spread.

    Raises:
        LibraryError: they cannot be made.
    """
    types = connection.pymilvus.DataType
    schema = connection.pymilvus.MilvusClient.create_schema(
        auto_id=False, enable_dynamic_field=False
    )
    schema.add_field("id", types.VARCHAR, is_primary=True, max_length=MAX_ID)
    schema.add_field("article", types.VARCHAR, max_length=MAX_ARTICLE_ID, is_partition_key=True)
    schema.add_field("start", types.INT64)
    schema.add_field("stamp", types.VARCHAR, max_length=64)
    schema.add_field("record", types.VARCHAR, max_length=MAX_VALUE)
    schema.add_field("dense", types.FLOAT_VECTOR, dim=dimension)
    schema.add_field("sparse", types.SPARSE_FLOAT_VECTOR)
    layout = dense_layout(passages)
    indexes = connection.pymilvus.MilvusClient.prepare_index_params()
    indexes.add_index("dense", index_type=layout.index_type, metric_type="IP", params=layout.build)
    indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    connection.call(
        "create_collection",
        build,
        schema=schema,
        index_params=indexes,
        num_partitions=PARTITIONS,
        num_shards=shards,
        consistency_level="Bounded",
        seconds=LOAD_SECONDS,
    )
    kept = connection.pymilvus.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    kept.add_field("key", types.VARCHAR, is_primary=True, max_length=MAX_ID)
    kept.add_field("kind", types.VARCHAR, max_length=16)
    kept.add_field("content", types.VARCHAR, max_length=MAX_VALUE)
    kept.add_field("no_vector", types.FLOAT_VECTOR, dim=2)
    flat = connection.pymilvus.MilvusClient.prepare_index_params()
    flat.add_index("no_vector", index_type="FLAT", metric_type="IP")
    connection.call(
        "create_collection",
        kept_name(build),
        schema=kept,
        index_params=flat,
        num_shards=shards,
        consistency_level="Bounded",
        seconds=LOAD_SECONDS,
    )
