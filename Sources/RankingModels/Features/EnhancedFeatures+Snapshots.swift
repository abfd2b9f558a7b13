public import Pipeline

extension EnhancedFeatures {
    /// Features of stage 4 as rows read them.
    ///
    /// - Parameters:
    ///   - features: by time, one or more; the codes of all are of one code book.
    ///   - time: the moment of a snapshot that does not know its own: only behaviours of similar users before
    ///     it are lent.
    ///   - codeCount: C; nil for a ranker that reads no codes.
    ///   - sequenceLength: behaviours that similar users lend; nil for a ranker that reads none.
    ///   - hasCrosses: whether candidates are crossed with what similar users bought.
    ///   - hasTexts: whether they are crossed with what was written about the user.
    ///   - crossesCodes: whether they are crossed with the codes.
    public init(
        _ features: [FeatureSnapshot], _ data: RankingData, before time: Int64, codeCount: Int?,
        sequenceLength: Int?, hasCrosses: Bool = false, hasTexts: Bool = false, crossesCodes: Bool = false
    ) {
        self.init(
            features.map { snapshot in
                let until = snapshot.time ?? time
                return Snapshot(
                    time: until, codes: codeCount == nil ? [] : snapshot.features.map(\.codes),
                    similarSequences: sequenceLength.map { length in
                        snapshot.features.map {
                            data.recentItems(of: $0.similarUsers, before: until, atMost: length)
                        }
                    } ?? [],
                    crosses: hasCrosses ? SimilarCrosses(snapshot.features, data, before: until) : nil,
                    texts: hasTexts ? TextCrosses(snapshot.features, data) : nil)
            }, codeCount: codeCount ?? 0,
            codebook: codeCount == nil ? "" : features.first?.features.first?.codebook ?? "",
            crossesCodes: crossesCodes)
    }
}
