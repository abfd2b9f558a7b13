"""FAISS from Python: product-quantizing vectors, or searching the nearest of some, on the vectors that
`taiji-bench pq|retrieve --write` wrote. The same index factory strings and parameters as ours.
"""
import faiss
import numpy as np

from peer import options, report, seconds

asked = options(work="pq", vectors="", width=384, queries=10000, m=8, bits=8, method="ivfpq")
faiss.omp_set_num_threads(asked.threads)
data = np.fromfile(asked.vectors, dtype=np.float32).reshape(-1, asked.width)
count = len(data)

if asked.work == "pq":
    quantizer = faiss.ProductQuantizer(asked.width, asked.m, asked.bits)
    quantizer.cp.seed = 1
    quantizer.train(data[:65536])
    report(f"faiss {faiss.__version__}", "pq", asked, count, lambda: seconds(lambda: quantizer.compute_codes(data)))
else:
    if asked.method == "exact":
        index, parameters = faiss.IndexFlatIP(asked.width), ""
    elif asked.method == "hnsw":
        index, parameters = faiss.index_factory(asked.width, "HNSW32,Flat", faiss.METRIC_INNER_PRODUCT), "efSearch=128"
    else:
        cells = 1
        while cells * cells * 4 <= count:
            cells *= 2
        parts = next(m for m in range(asked.width // (8 if asked.width >= 64 else 4), 0, -1) if asked.width % m == 0)
        bits = 8 if count >= 9984 else 4
        index = faiss.index_factory(asked.width, f"IVF{cells},PQ{parts}x{bits}np", faiss.METRIC_INNER_PRODUCT)
        parameters = f"nprobe={max(4, cells // 16)}"
        index.train(data[:max(64 * cells, 10000)])
    index.add(data)
    if parameters:
        faiss.ParameterSpace().set_index_parameters(index, parameters)
    depth = {"exact": 10, "hnsw": 16, "ivfpq": 64}[asked.method]
    queries = data[:asked.queries]
    report(f"faiss {faiss.__version__}", "retrieve", asked, len(queries),
           lambda: seconds(lambda: index.search(queries, depth)))
