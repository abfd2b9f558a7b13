import DuckDB
public import Foundation
import LanguageModels
public import Pipeline

/// A part of the users, for inference on many machines.
public struct Shard: Sendable, Equatable {
    /// Counted from 0.
    public let index: Int
    /// Parts in all.
    public let count: Int

    /// Reads `i/n`, or `auto` for the environment of a Slurm array or of a Kubernetes indexed job.
    ///
    /// - Throws: `RunError.file` naming what is expected.
    public init(_ text: String, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
        let parts: (index: Int?, count: Int?)
        if text != "auto" {
            let halves = text.split(separator: "/", omittingEmptySubsequences: false)
            parts = halves.count == 2 ? (Int(halves[0]), Int(halves[1])) : (nil, nil)
        } else if let task = number("SLURM_ARRAY_TASK_ID") {
            parts = (task - (number("SLURM_ARRAY_TASK_MIN") ?? 0), number("SLURM_ARRAY_TASK_COUNT"))
        } else {
            parts = (number("JOB_COMPLETION_INDEX"), number("TAIJI_SHARDS"))
        }
        guard let index = parts.index, let count = parts.count, count > 0, (0..<count).contains(index) else {
            throw RunError.file(
                path: "--shard \(text)",
                message:
                    "is no part; expected i/n with i from 0 to n − 1, or auto where SLURM_ARRAY_TASK_ID and "
                    + "SLURM_ARRAY_TASK_COUNT, or JOB_COMPLETION_INDEX and TAIJI_SHARDS, are set")
        }
        (self.index, self.count) = (index, count)
    }
}

/// The aligned model's reasoning in parts, each made by a process of its own and written as Parquet with the
/// columns `id`, `text`, `tokens` and `isTruncated`.
///
/// Parts lie in `shards` beside the stage's steps, named by what they are made from, so that those of other
/// settings or of another model are never taken. `taiji rank` takes the parts in place of its own inference
/// once all are there.
public struct ReasoningShards {
    private let run: Run
    private let folder: URL
    private let origin: String

    /// - Throws: `RunError.missingStep` where there is no aligned model yet.
    public init(_ run: Run) throws {
        self.run = run
        folder = run.directory.folder(Steps.reasoning.declaration).deletingLastPathComponent()
            .appending(path: "shards")
        origin = String(try Fingerprint.of(run.origin(of: Steps.reasoning.declaration)).prefix(12))
    }

    private func file(_ index: Int, of count: Int) -> URL {
        folder.appending(path: "reasoning-\(origin)-\(index)-of-\(count).parquet")
    }

    /// Makes a part, unless it is there.
    ///
    /// - Returns: its file.
    public func write(_ shard: Shard) throws -> URL {
        let target = file(shard.index, of: shard.count)
        guard !FileManager.default.fileExists(atPath: target.path) else { return target }
        let work = folder.appending(path: ".\(target.deletingPathExtension().lastPathComponent)")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        let configuration = run.configuration
        let prompts = try run.inferenceMessages().enumerated()
            .filter { $0.offset % shard.count == shard.index }.map(\.element)
        let answers = ModelAnswers(folder: work)
        try run.alignedGenerator().answer(
            prompts, maximumTokens: configuration.rank.maximumTokens, batchSize: configuration.rank.batchSize,
            to: answers, title: "reasoning, part \(shard.index) of \(shard.count)", progress: run.progress)
        let name = answers.answers.url.lastPathComponent
        let statements = """
            COPY (SELECT * FROM read_json(\(DuckDBProgram.literal(name)), format = 'newline_delimited',
                    columns = {id: 'VARCHAR', text: 'VARCHAR', tokens: 'INTEGER', isTruncated: 'BOOLEAN'}))
            TO 'part.parquet' (FORMAT parquet, COMPRESSION zstd);
            """
        try DuckDBProgram.fetched(threads: configuration.threads).run(
            [SQLScript(name: "shard", statements: statements)], in: work)
        guard rename(work.appending(path: "part.parquet").path, target.path) == 0 else {
            throw RunError.file(path: target.path, message: "cannot be put in place")
        }
        try FileManager.default.removeItem(at: work)
        return target
    }

    /// Joins the parts, where all of them are there.
    ///
    /// - Returns: whether they were.
    func join(to output: ModelAnswers) throws -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let counts = names.compactMap { name -> Int? in
            guard name.hasPrefix("reasoning-\(origin)-"), name.hasSuffix(".parquet") else { return nil }
            return name.dropLast(8).split(separator: "-").last.flatMap { Int($0) }
        }
        guard
            let count = Set(counts).sorted().first(where: { count in
                (0..<count).allSatisfy { FileManager.default.fileExists(atPath: file($0, of: count).path) }
            })
        else { return false }
        let files = (0..<count).map { DuckDBProgram.literal(file($0, of: count).path) }
        let statements = """
            COPY (SELECT id, text, tokens, isTruncated FROM read_parquet([\(files.joined(separator: ", "))])
                  ORDER BY CAST(id AS INTEGER)) TO 'joined.jsonl' (FORMAT json);
            """
        try DuckDBProgram.fetched(threads: run.configuration.threads).run(
            [SQLScript(name: "shards", statements: statements)], in: output.folder)
        let joined = output.folder.appending(path: "joined.jsonl")
        defer { try? FileManager.default.removeItem(at: joined) }
        let answers = try JSONLines.read(ModelAnswer.self, from: joined)
        let prompts = try run.userPrompts().read().count
        guard answers.count == prompts else {
            throw RunError.file(
                path: folder.path,
                message: "has \(answers.count) answers to \(prompts) prompts; remove the folder")
        }
        try output.answers.write(answers)
        run.progress.note("reasoning for every user: joined from \(count) parts")
        return true
    }
}
