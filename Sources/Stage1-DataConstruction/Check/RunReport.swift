import Foundation
public import Pipeline

/// What a run would be made of.
public struct RunReport: Codable, Sendable, Equatable {
    /// Users, items, titles, samples, windows.
    public var summary: ConstructionSummary
    /// Characters of the prompts.
    public var promptCharacters: Distribution
    /// The first two prompts of the test.
    public var examples: [String]

    /// Where values lie.
    public struct Distribution: Codable, Sendable, Equatable {
        /// Number of values.
        public var count: Int
        /// The value that half are below.
        public var median: Int
        /// The value that nine of ten are below.
        public var ninetieth: Int
        /// The largest value.
        public var maximum: Int

        /// The distribution of some values.
        init(_ values: [Int]) {
            let sorted = values.sorted()
            func at(_ share: Double) -> Int {
                sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
            }
            (count, median, ninetieth, maximum) = (sorted.count, at(0.5), at(0.9), sorted.last ?? 0)
        }
    }

    /// Of tables that were made.
    init(_ summary: ConstructionSummary, _ tables: ConstructedTables) throws {
        self.summary = summary
        let samples = try tables.sampleFile.read()
        promptCharacters = Distribution(samples.map(\.prompt.count))
        examples = samples.filter { $0.role == .test }.prefix(2).map(\.prompt)
    }

    /// What makes the results of a run worth little.
    static func faults(of summary: ConstructionSummary) -> [SourceFault] {
        let tested = summary.samples[UserRole.test.rawValue] ?? 0
        guard tested < 30 else { return [] }
        return [
            SourceFault(
                severity: .warning, code: "fewUsers", file: nil, row: nil, column: nil, value: nil,
                rows: tested,
                reason:
                    "the test has \(tested) user\(tested == 1 ? "" : "s"), too few to tell a gain from noise",
                remedy: "bring more users, lower construct.minimumPurchases, or raise construct.users and "
                    + "construct.testUsers")
        ]
    }
}
