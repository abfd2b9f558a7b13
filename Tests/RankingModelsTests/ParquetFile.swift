import DuckDB
import Foundation
import Pipeline
import TestSupport

/// Impressions as files.
enum ParquetFile {
    static func csv(_ rows: [Impression]) -> Data {
        let lines = rows.map { row in
            func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
            return
                "\(row.user),\(row.item),\(row.time),\(row.basket),"
                + "\(row.isClick ? 1 : 0),\(row.isConversion ? 1 : 0),\(row.value),\(row.period.rawValue),"
                + row.context.map(quoted).joined(separator: ",") + "\n"
        }
        return Data(
            ((Impression.columns + SmallWorld.context.map(\.name)).joined(separator: ",") + "\n"
                + lines.joined()).utf8)
    }

    /// - Parameter query: what is written, of `rows`.
    static func write(_ rows: [Impression], to folder: URL, query: String = "FROM rows") throws -> URL {
        let source = folder.appending(path: "rows.csv")
        try csv(rows).write(to: source)
        let types = """
            {"user": 'INTEGER', item: 'INTEGER', time: 'BIGINT', basket: 'BIGINT', display: 'VARCHAR', \
            mailer: 'VARCHAR', click: 'BOOLEAN', conversion: 'BOOLEAN', value: 'DOUBLE', period: 'VARCHAR'}
            """
        try DuckDBProgram(executable: PackageFolder.dependency("bin/duckdb")).run(
            [
                SQLScript(
                    name: "write",
                    statements: """
                        CREATE TABLE rows AS SELECT * FROM read_csv('rows.csv', header = true, nullstr = \
                        '-', types = \(types));
                        COPY (\(query)) TO 'impressions.parquet' (FORMAT parquet);
                        """)
            ], in: folder)
        try FileManager.default.removeItem(at: source)
        return folder.appending(path: "impressions.parquet")
    }
}
