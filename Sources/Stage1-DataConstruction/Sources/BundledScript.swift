import DuckDB
import Foundation

extension SQLScript {
    /// Statements that come with the program, `SQL/name.sql`.
    ///
    /// - Throws: `DataConstructionError.missingStatements`.
    static func bundled(_ name: String) throws -> SQLScript {
        guard let url = Bundle.module.url(forResource: name, withExtension: "sql", subdirectory: "SQL") else {
            throw DataConstructionError.missingStatements(name: name)
        }
        return SQLScript(name: "\(name).sql", statements: try String(contentsOf: url, encoding: .utf8))
    }
}
