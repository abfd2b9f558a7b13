import DuckDB
import Pipeline

/// Statements that find rows with a fault: the first three of each kind and how many there are.
struct FaultQuery {
    let code: FaultCode
    let relation: SourceRelation
    /// The mapped column; empty for a whole row.
    let column: String
    /// A query that gives `kept`, `file` and `value` of the rows.
    let rows: String

    init(_ code: FaultCode, _ relation: SourceRelation, column: String = "", rows: String) {
        (self.code, self.relation, self.column, self.rows) = (code, relation, column, rows)
    }

    /// Rows of a `read_…` table.
    init(
        _ code: FaultCode, _ relation: SourceRelation, column: String = "", value: String,
        where condition: String
    ) {
        self.init(
            code, relation, column: column,
            rows: "SELECT kept, file, \(value) AS value FROM read_\(relation.rawValue) WHERE \(condition)")
    }

    var statement: String {
        """
        INSERT INTO faults
        WITH bad AS (\(rows))
        SELECT '\(code.rawValue)', '\(relation.rawValue)', \(DuckDBProgram.literal(column)), file, kept, NULL,
               CAST(value AS VARCHAR), (SELECT count(*) FROM bad),
               (SELECT count(*) FROM read_\(relation.rawValue)), NULL
        FROM bad ORDER BY kept LIMIT 3;
        """
    }

    /// Rows that DuckDB could not split into fields or decode.
    static func rejects(_ table: SourceTable) -> String {
        let name = table.relation.rawValue
        return """
            INSERT INTO faults
            WITH bad AS (
                SELECT file_path AS file, line, any_value(csv_line) AS value,
                       bool_or(error_type = 'INVALID ENCODING') AS is_encoding,
                       bool_or(error_type = 'UNQUOTED VALUE') AS is_quote, min(byte_position) AS byte,
                       any_value(error_message) AS message
                FROM rejects_\(name) JOIN scans_\(name) USING (scan_id, file_id) GROUP BY file_path, line
            ), named AS (
                SELECT *, CASE WHEN is_encoding THEN 'encoding' WHEN is_quote THEN 'unclosedQuote' ELSE
                    'raggedRow' END AS code
                FROM bad
            )
            SELECT code, '\(name)', '', file, NULL, line, value, count(*) OVER (PARTITION BY code),
                   (SELECT count(*) FROM read_\(name)) + count(*) OVER (),
                   CASE WHEN code = 'encoding' THEN CAST(byte AS VARCHAR) ELSE message END
            FROM named QUALIFY row_number() OVER (PARTITION BY code ORDER BY file, line) <= 3 ORDER BY
                file, line;
            """
    }

    /// Statements that turn `kept` into the row of the file: rows that were rejected before it, and the
    /// header, count too.
    static func places(_ table: SourceTable) -> String {
        let name = table.relation.rawValue
        let header = table.headerRows
        let rejected =
            table.hasRejects
            ? "SELECT DISTINCT file_path AS file, line FROM rejects_\(name) JOIN scans_\(name) USING "
                + "(scan_id, file_id)"
            : "SELECT '' AS file, 0 AS line WHERE false"
        // A rejected row at line l, the i-th of its file, comes after l − header − i kept rows.
        return """
            CREATE TABLE first_\(name) AS SELECT file, min(kept) AS first FROM read_\(name) GROUP BY file;
            CREATE TABLE rejected_\(name) AS
            SELECT file, line - \(header) - row_number() OVER (PARTITION BY file ORDER BY line) AS after
            FROM (\(rejected));
            UPDATE faults SET line = (
                SELECT faults.kept - first + 1 + \(header) + (
                    SELECT count(*) FROM rejected_\(name)
                    WHERE rejected_\(name).file = faults.file AND after < faults.kept - first + 1)
                FROM first_\(name) WHERE first_\(name).file = faults.file)
            WHERE relation = '\(name)' AND kept IS NOT NULL;
            """
    }
}
