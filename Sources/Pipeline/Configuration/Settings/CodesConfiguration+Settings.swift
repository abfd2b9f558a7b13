extension CodesConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<CodesConfiguration>] {
        [
            .choice(
                "quantizer", \.quantizer,
                "What turns an embedding into codes: product or residual.",
                effect: "Residual codes go from coarse to fine, product codes are independent slices."
            ) { choice in
                switch choice {
                case .product: "Each code is the nearest centroid of a slice (§2.4)."
                case .residual:
                    "Each code is the nearest centroid of what the codes before it left: from "
                        + "coarse to fine."
                }
            },
            .count(
                "subQuantizers", \.subQuantizers, 1..., unit: "codes per user",
                "M, the number of sub-quantizers, or of residual stages; of sub-quantizers, it "
                    + "divides the embedding's width.",
                raising: "Finer codes, fewer users share one; more features for the ranker. Must divide "
                    + "the embedder's width for product codes."),
            .count(
                "bits", \.bits, 1...16, unit: "bits",
                "log₂ C, C the number of centroids a sub-quantizer. FAISS wants 39 · C training "
                    + "users.",
                raising: "Finer codes, for which FAISS wants 39 · 2^bits users to train on."),
            .flag(
                "rotates", \.rotates,
                "Whether embeddings are first turned by a rotation that is trained to lose less "
                    + "(OPQ); of product codes only.",
                effect: "true: less quantization loss for a longer training (OPQ)."),
            .choice(
                "search", \.search,
                "How the most similar user is searched for: exact, hnsw or ivfpq.",
                effect: "Approximate search is faster from some ten thousand users on and misses some "
                    + "neighbours; the report says how many."
            ) { choice in
                switch choice {
                case .exact: "Every embedding is compared."
                case .hnsw: "A navigable graph."
                case .ivfpq: "Cells with product-quantized residuals."
                }
            },
        ]
    }
}
