import Foundation
import TestSupport
import Testing

@Suite("Inference in parts", .serialized) struct ShardTests {
    @Test("parts made apart give the bytes of one process, once all are there") func parts() throws {
        try withTemporaryFolder { folder in
            let options = try TinyRun.prepare(in: folder)
            let (whole, parted) = (folder.appending(path: "whole"), folder.appending(path: "parted"))
            for command in ["construct", "activate", "collaborate"] {
                let result = try Program.run([command] + options + ["--run", whole.path])
                try #require(result.status == 0, "\(result.errors.suffix(1000))")
            }
            try FileManager.default.copyItem(at: whole, to: parted)
            #expect(try Program.run(["rank"] + options + ["--run", whole.path]).status == 0)
            let rank = ["rank"] + options + ["--run", parted.path]
            // A part of other settings is never taken.
            #expect(
                try Program.run(rank + ["--shard", "0/1", "--set", "rank.maximumTokens=3"]).status == 0)
            for index in [2, 0, 1, 1] {
                let result = try Program.run(rank + ["--shard", "\(index)/3"])
                #expect(result.status == 0, "\(result.errors.suffix(1000))")
                #expect(result.output.hasSuffix("-\(index)-of-3.parquet\n"))
            }
            let joined = try Program.run(rank)
            #expect(joined.status == 0 && joined.errors.contains("joined from 3 parts"), "\(joined.errors)")
            for file in [
                "reasoning/answers.jsonl", "features/features.jsonl",
                "features/snapshots/1/features.jsonl",
            ].map({ "4-rank/\($0)" }) {
                #expect(
                    try Data(contentsOf: parted.appending(path: file))
                        == Data(contentsOf: whole.appending(path: file)), "\(file)")
            }
            for wrong in ["3/3", "x", "1", "-1/2", "0/0", "auto"] {
                let result = try Program.run(rank + ["--shard=\(wrong)"])
                #expect(result.status != 0 && result.errors.contains("expected i/n"), "\(wrong)")
            }
        }
    }
}
