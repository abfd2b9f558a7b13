import Foundation
import Pipeline

/// What the statements write beside the tables, before texts are made.
struct RawTables {
    let folder: URL

    var users: JSONLinesFile<RawUser> { .init(folder, "users-raw.jsonl") }
    var samples: JSONLinesFile<RawSample> { .init(folder, "samples-raw.jsonl") }
    var inference: JSONLinesFile<RawInference> { .init(folder, "inference-raw.jsonl") }
    var periods: JSONLinesFile<ConstructionSummary.Period> { .init(folder, "periods.jsonl") }
    var windows: JSONLinesFile<ConstructionSummary.Windows> { .init(folder, "windows.jsonl") }
    var contextNames: JSONLinesFile<RawContextName> { .init(folder, "context.jsonl") }
    var usual: JSONLinesFile<RawUsualValue> { .init(folder, "usual.jsonl") }
    var skipped: JSONLinesFile<RawSkipped> { .init(folder, "skipped.jsonl") }

    /// Removes them.
    func remove() throws {
        let files = [
            users.url, samples.url, inference.url, periods.url, windows.url, contextNames.url, usual.url,
            skipped.url,
        ]
        // A source without a context has no usual values.
        for file in files where FileManager.default.fileExists(atPath: file.path) {
            try FileManager.default.removeItem(at: file)
        }
    }
}

/// A user, whose columns beyond the known ones are attributes.
struct RawUser: Decodable, Sendable {
    let id: String
    let role: UserRole
    let favorites: [String]
    let attributes: [String: String]

    private struct Key: CodingKey {
        let stringValue: String
        init?(stringValue: String) { self.stringValue = stringValue }
        var intValue: Int? { nil }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        var fields: [String: String] = [:]
        var favorites: [String] = []
        for key in container.allKeys {
            if let text = try? container.decode(String.self, forKey: key) {
                fields[key.stringValue] = text
            } else if let number = try? container.decode(Double.self, forKey: key) {
                fields[key.stringValue] = "\(number)"
            } else if key.stringValue == "taiji_favorites" {
                favorites = try container.decode([String].self, forKey: key)
            }
        }
        id = fields.removeValue(forKey: "taiji_id") ?? ""
        guard let role = fields.removeValue(forKey: "taiji_role").flatMap(UserRole.init) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "a user without a role"))
        }
        self.role = role
        self.favorites = favorites
        // Mapped files have a prefix, a script's columns have none.
        let prefix = MappedSource.attributePrefix
        attributes = Dictionary(
            fields.map { ($0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0, $1) },
            uniquingKeysWith: { first, _ in first })
    }
}

struct RawSample: Decodable, Sendable {
    let user: Int32
    let role: UserRole
    let time: Int64
    let history: [Int32]
    let target: Int32
    /// Which of the user's samples it is, from 1.
    let place: Int
    let usual: [RawUsualItem]
}

/// An item that a user chose again and again.
struct RawUsualItem: Decodable, Sendable {
    let item: Int32
    let count: Int
}

/// A column that tells of the moment of an impression.
struct RawContextName: Decodable, Sendable {
    let name: String
}

/// The value that such a column has most often.
struct RawUsualValue: Decodable, Sendable {
    let usual: String
}

/// Rows of the source that were left out, and why.
struct RawSkipped: Decodable, Sendable {
    let reason: String
    let rows: Int
}

struct RawInference: Decodable, Sendable {
    let user: Int32
    let history: [Int32]
    let usual: [RawUsualItem]
}
