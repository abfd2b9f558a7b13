import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Torch
import VectorSearch

@testable import Ranking

@Suite("Codes and similar users", .serialized) struct UserFeaturesTests {
    private static let width = 16

    /// Rows around 19 centres; the last is the first once more.
    private static func rows(_ count: Int) -> [Float] {
        var random = TestRandom(seed: 11)
        let centres = (0..<19 * width).map { _ in Float.random(in: -1...1, using: &random) }
        var rows = (0..<count * width).map { place in
            centres[place / width % 19 * width + place % width] + Float.random(in: -0.2...0.2, using: &random)
        }
        rows.replaceSubrange((count - 1) * width..<count * width, with: rows[0..<width])
        return rows
    }

    private func write(
        _ rows: [Float], _ search: CodesConfiguration.NeighborSearch, parts: Int = 7, to folder: URL,
        change: (inout CodesConfiguration) -> Void = { _ in }
    ) throws -> UserFeatureReport {
        let count = rows.count / Self.width
        var configuration = CodesConfiguration()
        (configuration.subQuantizers, configuration.bits, configuration.search) = (4, 3, search)
        change(&configuration)
        let embeddings = try UserEmbeddings(
            count: count, width: Self.width, to: UserFeatureFiles(folder: folder)
        ) { append in
            for start in stride(from: 0, to: count, by: parts) {
                try append(Array(rows[start * Self.width..<min(start + parts, count) * Self.width]))
            }
        }
        return try UserFeatures(configuration: configuration, neighborCount: 2, seed: 1).write(
            embeddings, to: UserFeatureFiles(folder: folder)
        ) { _ in }
    }

    @Test("match quantizing and exact search over all users at once, also for more users than a block holds")
    func blocksMatchTheWhole() throws {
        let rows = Self.rows(4500)  // blocks are of 4,096
        try withTemporaryFolder { folder in
            let report = try write(rows, .exact, to: folder)
            let features = try UserFeatureFiles(folder: folder).features.read()
            #expect(features.map(\.user) == (0..<4500).map { Int32($0) })
            let similar = try InnerProductIndex(rows, width: Self.width).mostSimilar(k: 2)
            #expect(features.map(\.similarUsers) == similar.map { $0.map { Int32($0.row) } })
            #expect(features.map(\.similarities) == similar.map { $0.map { Double($0.similarity) } })
            #expect(features[0].similarUsers[0] == 4499 && features[4499].similarUsers[0] == 0)
            let quantizer = try ProductQuantizer(
                bytes: [UInt8](Data(contentsOf: folder.appending(path: "codebook.pq"))))
            let codes = try quantizer.encode(rows)
            #expect(features.map(\.codes) == (0..<4500).map { codes[$0].map(Int.init) })
            let version = try quantizer.version()
            #expect(Set(features.map(\.codebook)) == [version])
            let whole = try quantizer.report(on: rows)
            #expect(report.quantization.utilization == whole.utilization)
            #expect(
                report.quantization.collisionRate == whole.collisionRate && report.quantization.count == 4500)
            #expect(abs(report.quantization.meanSquaredError - whole.meanSquaredError) < 1e-9)
            #expect(report.recall == 1)
        }
    }

    @Test(
        "an approximate search reports how often it finds the nearest user",
        arguments: [
            CodesConfiguration.NeighborSearch.hnsw, .ivfpq,
        ])
    func recallIsMeasured(search: CodesConfiguration.NeighborSearch) throws {
        let rows = Self.rows(4500)
        try withTemporaryFolder { folder in
            let report = try write(rows, search, to: folder)
            let features = try UserFeatureFiles(folder: folder).features.read()
            let exact = try InnerProductIndex(rows, width: Self.width).mostSimilar(k: 1)
            let hits = zip(features, exact).count { $0.similarities[0] >= Double($1[0].similarity) - 1e-6 }
            #expect(report.recall > 0.5 && abs(report.recall - Double(hits) / 4500) < 0.05)
            #expect(features.allSatisfy { $0.similarUsers.count == 2 && !$0.similarUsers.contains($0.user) })
        }
    }

    @Test("a later snapshot has the code book of the first, and neighbours of its own moment")
    func laterSnapshot() throws {
        let (rows, later) = (Self.rows(600), Self.rows(600).map { -$0 })
        try withTemporaryFolder { folder in
            _ = try write(rows, .exact, to: folder)
            let files = UserFeatureFiles(folder: folder)
            let next = files.snapshot(1)
            try FileManager.default.createDirectory(at: next.folder, withIntermediateDirectories: true)
            var configuration = CodesConfiguration()
            (configuration.subQuantizers, configuration.bits) = (4, 3)
            let embeddings = try UserEmbeddings(count: 600, width: Self.width, to: next) { try $0(later) }
            _ = try UserFeatures(configuration: configuration, neighborCount: 2, seed: 1).write(
                embeddings, to: next, time: 7, reusing: files.quantizer()
            ) { _ in }
            #expect(!FileManager.default.fileExists(atPath: next.codebook.path))
            let snapshots = try files.snapshots()
            #expect(snapshots.map(\.time) == [nil, 7])
            let codes = try files.quantizer().encode(later)
            #expect(snapshots[1].features.map(\.codes) == (0..<600).map { codes[$0].map(Int.init) })
            #expect(Set(snapshots.flatMap(\.features).map(\.codebook)).count == 1)
            #expect(snapshots[0].features.map(\.codes) != snapshots[1].features.map(\.codes))
            #expect(try files.newestSnapshot(before: 6).index == 0)
            #expect(try files.newestSnapshot(before: 7).index == 1)
        }
    }

    @Test("residual codes can be decoded with their own code book") func residualCodesReadBack() throws {
        let rows = Self.rows(600)
        try withTemporaryFolder { folder in
            let report = try write(rows, .exact, to: folder) { $0.quantizer = .residual }
            let quantizer = try ResidualQuantizer(
                bytes: [UInt8](Data(contentsOf: folder.appending(path: "codebook.pq"))))
            let features = try UserFeatureFiles(folder: folder).features.read()
            let codes = try quantizer.encode(rows)
            #expect(features.map(\.codes) == (0..<600).map { codes[$0].map(Int.init) })
            #expect(report.quantization.count == 600)
        }
    }

    @Test("a number of embeddings other than the number of users is refused, and no file is left behind")
    func wrongCountsAreRefused() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: ModelFileError.self) {
                _ = try UserEmbeddings(count: 3, width: 4, to: UserFeatureFiles(folder: folder)) { append in
                    try append([Float](repeating: 1, count: 8))
                }
            }
            #expect(error?.description.contains("got 8 elements of 'embeddings'; expected 12") == true)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.isEmpty)
        }
    }
}
