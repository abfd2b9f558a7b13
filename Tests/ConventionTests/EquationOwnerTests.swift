import Testing

/// Each equation of the paper lives in one file that says which equation it is.
@Suite struct EquationOwnerTests {
    static let owners = [
        ("Perplexity.swift", 1), ("ORFTLoss.swift", 2), ("SemanticReward.swift", 3),
        ("CollaborativeReward.swift", 4), ("MirrorDescentWeights.swift", 5), ("GradientAlignment.swift", 6),
        ("VariationWeights.swift", 7), ("POPOLoss.swift", 8), ("GroupAdvantage.swift", 8),
        ("RewardMixture.swift", 9),
    ]

    @Test("An equation has one owner in Sources, which cites it", arguments: owners)
    func ownerCitesItsEquation(name: String, equation: Int) throws {
        let files = try SourceTree.swiftFiles(below: "Sources").filter { $0.name == name }
        #expect(files.count == 1, "\(name) stands at \(files.map(\.path))")
        for file in files {
            let cites = file.text.contains("Eq. (\(equation))")
            #expect(
                cites, "\(file.path) does not say Eq. (\(equation)), on one line so that a search finds it")
        }
    }

    @Test("PaperMap.md leads from an equation to its owner", arguments: owners)
    func paperMapNamesOwner(name: String, equation: Int) throws {
        let lines = try SourceTree.text("Docs/PaperMap.md").split(separator: "\n")
        let mapped = lines.contains { $0.contains("/\(name)`") && $0.contains("Eq. (\(equation))") }
        #expect(mapped, "no line of Docs/PaperMap.md holds both Eq. (\(equation)) and \(name)")
    }
}
