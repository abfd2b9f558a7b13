import DuckDB
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Ranking

@Suite("Features as Parquet") struct FeatureParquetTests {
    @Test("has one row per user, with the ids of the logs, and reproducible bytes") func writesTheLogsIds()
        throws
    {
        try withTemporaryFolder { folder in
            let users = folder.appending(path: "users.jsonl")
            try JSONLines.write(
                ["b'7", "a", "c"].map { User(id: $0, profile: "", attributes: [:], role: .other) }, to: users)
            try JSONLines.write(
                [
                    UserFeature(
                        user: 1, codes: [3, 65535], similarUsers: [2, 0], similarities: [0.5, 0.25],
                        codebook: "x"),
                    UserFeature(user: 0, codes: [1, 2], similarUsers: [1], similarities: [1], codebook: "x"),
                ], to: UserFeatureFiles(folder: folder).features.url)
            let program = try DuckDBProgram.fetched()
            func bytes() throws -> Data {
                try FeatureParquet(program: program).write(
                    users: users, to: UserFeatureFiles(folder: folder))
                return try Data(contentsOf: folder.appending(path: "features.parquet"))
            }
            let first = try bytes()
            #expect(try bytes() == first)
            try program.run(
                [
                    SQLScript(
                        name: "read",
                        statements: "COPY (SELECT * FROM 'features.parquet') TO 'read.json' (FORMAT json);")
                ], in: folder)
            let lines = try String(contentsOf: folder.appending(path: "read.json"), encoding: .utf8)
            #expect(
                lines == """
                    {"user":"b'7","codes":[1,2],"similar_users":["a"],"similarities":[1.0],"codebook":"x"}
                    \
                    {"user":"a","codes":[3,65535],"similar_users":["c","b'7"],"similarities":[0.5,0.25],\
                    "codebook":"x"}

                    """)
        }
    }
}
