extension CodesConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<CodesConfiguration>] {
        [
            .choice(
                "quantizer", \.quantizer, paper: .at("§2.4", value: "product"),
                "What turns an embedding into codes.",
                effect: "`residual` orders codes from coarse to fine, `product` makes them independent "
                    + "slices."
            ) { choice in
                switch choice {
                case .product: "Each code is the nearest centroid of a slice."
                case .residual: "Each code is the nearest centroid of what the codes before it left."
                }
            },
            .count(
                "subQuantizers", \.subQuantizers, 1..., unit: "codes per user", paper: .at("§2.4"),
                "M: sub-quantizers, whose number must divide the embedding's width, or residual stages.",
                raising: "Less quantization loss and fewer users with equal codes; more features for the "
                    + "ranker to learn."),
            .count(
                "bits", \.bits, 1...16, unit: "bits", paper: .at("§2.4"),
                "log₂ C, with C centroids per code. At least C users are required; FAISS recommends 39 C.",
                raising: "Less quantization loss, but rarer codes that the ranker sees less often in "
                    + "training."
            ),
            .flag(
                "rotates", \.rotates,
                "Whether embeddings are first rotated by a matrix that is trained to lose less (OPQ); "
                    + "product codes only.",
                effect: "true: less quantization loss for a longer training of the code book."),
            .choice(
                "search", \.search,
                "How the most similar users are searched for.",
                effect: "Approximate search is faster from tens of thousands of users on and misses some "
                    + "neighbours; the report states the recall."
            ) { choice in
                switch choice {
                case .exact: "Every embedding is compared."
                case .hnsw: "A navigable graph."
                case .ivfpq: "Cells with product-quantized residuals; needs 64 users or more."
                }
            },
        ]
    }
}
