import DuckDB
import Foundation
import TestSupport
import Testing

@Suite struct DuckDBProgramTests {
    private func program() throws -> DuckDBProgram {
        DuckDBProgram(executable: try PackageFolder.dependency("bin/duckdb"))
    }

    private func failure(of scripts: [SQLScript]) throws -> DuckDBError? {
        let program = try program()
        return try withTemporaryFolder { folder in
            #expect(throws: DuckDBError.self) { try program.run(scripts, in: folder) }
        }
    }

    @Test("later scripts see the tables of earlier ones, and no files of the program are left behind")
    func laterScriptsSeeEarlierTables() throws {
        let program = try program()
        try withTemporaryFolder { folder in
            try program.run(
                [
                    SQLScript(
                        name: "make", statements: "CREATE TABLE numbers AS SELECT range AS n FROM range(5);"),
                    SQLScript(
                        name: "write",
                        statements:
                            "COPY (SELECT n FROM numbers WHERE n > 2 ORDER BY n) TO 'n.csv' (FORMAT csv);"),
                ], in: folder)
            let text = try String(contentsOf: folder.appending(path: "n.csv"), encoding: .utf8)
            #expect(text == "n\n3\n4\n")
            // The program leaves neither statements nor messages behind.
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["n.csv"])
        }
    }

    @Test("a failure names its script and DuckDB's message") func failureNamesItsScript() throws {
        let error = try failure(of: [
            SQLScript(name: "first.sql", statements: "CREATE TABLE a AS SELECT 1 AS x;"),
            SQLScript(name: "second.sql", statements: "SELECT x\nFROM a;\nSELECT y FROM a;"),
            SQLScript(name: "third.sql", statements: "SELECT 1;"),
        ])
        guard case .statement(let script, let message) = error else {
            Issue.record("expected a statement's error, found \(String(describing: error))")
            return
        }
        #expect(script == "second.sql")
        #expect(message.contains("\"y\" not found") && message.contains("LINE 1: SELECT y FROM a;"))
    }

    @Test("an error raised by a script has the script's message and nothing else")
    func errorStatementKeepsItsMessage() throws {
        let error = try failure(of: [
            SQLScript(name: "check.sql", statements: "SELECT error('3 rows are wrong; mend them');")
        ])
        #expect(error == .statement(script: "check.sql", message: "3 rows are wrong; mend them"))
        #expect(error?.description == "check.sql: 3 rows are wrong; mend them")
    }

    /// All bytes of a query's rows, and how many blocks they came in.
    private func rows(_ query: String, stopAfter limit: Int = .max) throws -> (text: String, blocks: Int) {
        let program = try program()
        return try withTemporaryFolder { folder in
            var (bytes, blocks) = (Data(), 0)
            try program.forEachBlock(of: SQLScript(name: "rows", statements: query), in: folder) { next in
                while blocks < limit, let block = try next() {
                    bytes += block
                    blocks += 1
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            return (String(decoding: bytes, as: UTF8.self), blocks)
        }
    }

    @Test("rows come in blocks") func rowsComeInBlocks() throws {
        #expect(try rows("SELECT 1 AS a, 'x,y' AS b").text == "a,b\n1,\"x,y\"\n")
        #expect(try rows("SELECT 1 AS a WHERE false").text == "a\n")
        let many = try rows("SELECT range AS n FROM range(1000000) ORDER BY n")
        #expect(many.text.split(separator: "\n").count == 1_000_001 && many.text.hasSuffix("\n999999\n"))
        #expect(many.blocks > 5)
    }

    @Test("a query may be left before its last row") func queryMayBeLeftEarly() throws {
        let part = try rows("SELECT range AS n FROM range(100000000)", stopAfter: 1)
        #expect(part.blocks == 1 && part.text.hasPrefix("n\n0\n"))
        struct Stop: Error {}
        let program = try program()
        try withTemporaryFolder { folder in
            _ = #expect(throws: Stop.self) {
                let query = SQLScript(name: "rows", statements: "SELECT range AS n FROM range(100000000)")
                try program.forEachBlock(of: query, in: folder) { _ in throw Stop() }
            }
        }
    }

    @Test("a query that fails halfway is an error, not an early end") func failedQueryIsAnError() throws {
        for query in [
            "SELECT y",
            "SELECT CASE WHEN range > 500000 THEN error('too far') ELSE range END FROM range(1000000)",
        ] {
            let error = #expect(throws: DuckDBError.self) { _ = try rows(query) }
            let said = error?.description ?? ""
            #expect(
                said.hasPrefix("rows: ") && (said.contains("\"y\"") || said == "rows: too far"),
                "\(said)")
        }
    }

    @Test(
        "a program that writes more messages than a pipe holds does not block the rows",
        .timeLimit(.minutes(1)))
    func manyMessages() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "duckdb")
            let script = "#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' x >&2\necho a\nexit 1\n"
            try Data(script.utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
            let program = DuckDBProgram(executable: file)
            var rows = Data()
            let error = #expect(throws: DuckDBError.self) {
                try program.forEachBlock(of: SQLScript(name: "rows", statements: "SELECT 1"), in: folder) {
                    while let block = try $0() { rows += block }
                }
            }
            #expect(String(decoding: rows, as: UTF8.self) == "a\n")
            #expect((error?.description.count ?? 0) > 300_000)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["duckdb"])
        }
    }

    @Test("a full disk is reported as such") func fullDiskIsNamed() throws {
        let statement = "COPY (SELECT * FROM range(1000000)) TO '/dev/full' (FORMAT csv);"
        let error = try failure(of: [SQLScript(name: "write.sql", statements: statement)])
        guard case .diskFull(script: "write.sql", _) = error else {
            Issue.record("expected a full disk, found \(String(describing: error))")
            return
        }
        #expect(error?.description.contains("free some space") == true)
    }

    @Test("a missing program is named") func missingProgramIsNamed() throws {
        let path = "/nonexistent/duckdb"
        try withTemporaryFolder { folder in
            let error = #expect(throws: DuckDBError.self) {
                try DuckDBProgram(executable: URL(filePath: path)).run([], in: folder)
            }
            guard case .notStarted(path, _) = error else {
                Issue.record("expected \(path) not to start, found \(String(describing: error))")
                return
            }
        }
        #expect(DuckDBError.missingProgram(tried: [path]).description.hasSuffix("run `make setup`"))
    }

    @Test("a literal keeps its quotes") func literalKeepsQuotes() throws {
        let program = try program()
        try withTemporaryFolder { folder in
            let text = "O'Hara's \"x\""
            let statement = "COPY (SELECT \(DuckDBProgram.literal(text)) AS t) TO 't.json' (FORMAT json);"
            try program.run([SQLScript(name: "literal", statements: statement)], in: folder)
            let row = try JSONDecoder().decode(
                [String: String].self, from: Data(contentsOf: folder.appending(path: "t.json")))
            #expect(row == ["t": text])
        }
    }

    @Test("the program that the bootstrap fetched is found") func fetchedProgramIsFound() throws {
        try withTemporaryFolder { folder in
            let statement = "COPY (SELECT current_setting('threads') AS t) TO 't.csv' (FORMAT csv);"
            try DuckDBProgram.fetched(threads: 1).run(
                [SQLScript(name: "threads", statements: statement)], in: folder)
            #expect(try String(contentsOf: folder.appending(path: "t.csv"), encoding: .utf8) == "t\n1\n")
        }
    }
}
