import DuckDB
import Foundation
import Pipeline

/// The features of stage 4 as Parquet, for anyone's ranker: `features.parquet` beside `features.jsonl`.
///
/// Columns: `user` VARCHAR (the logs' own id), `codes` USMALLINT[M], `similar_users` VARCHAR[k] (ids, nearest
/// first), `similarities` FLOAT[k] (cosines), `codebook` VARCHAR (version of the code book); a row a user, in
/// the order of the users.
struct FeatureParquet {
    let program: DuckDBProgram

    /// Writes `features.parquet` beside `features.jsonl`.
    ///
    /// - Parameter users: the run's `users.jsonl`.
    /// - Throws: `DuckDBError`.
    func write(users: URL, to output: UserFeatureFiles) throws {
        let statements = """
            SET VARIABLE ids = (
                SELECT list(id) FROM read_json(
                    \(DuckDBProgram.literal(users.path)), format = 'newline_delimited', columns = {id: \
                    'VARCHAR'}));
            COPY (
                SELECT
                    getvariable('ids')[f.user + 1] AS "user", f.codes,
                    list_transform(f.similarUsers, lambda x: getvariable('ids')[x + 1]) AS similar_users,
                    f.similarities, f.codebook
                FROM read_json(
                    \(DuckDBProgram.literal(output.features.url.lastPathComponent)), format = \
                    'newline_delimited',
                    columns = {
                        "user": 'INTEGER', codes: 'USMALLINT[]', similarUsers: 'INTEGER[]', similarities: \
                        'FLOAT[]',
                        codebook: 'VARCHAR'}) AS f
                ORDER BY f.user
            ) TO \(DuckDBProgram.literal(output.parquet.lastPathComponent)) (FORMAT parquet, COMPRESSION \
            zstd);
            """
        try program.run([SQLScript(name: "features.parquet", statements: statements)], in: output.folder)
    }
}
