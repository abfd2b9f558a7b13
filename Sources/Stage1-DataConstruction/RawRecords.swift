import Foundation
import Pipeline

/// What the statements write beside the tables, before texts are made.
struct RawTables {
    let folder: URL

    var users: JSONLinesFile<RawUser> { .init(folder, "users-raw.jsonl") }
    var samples: JSONLinesFile<RawSample> { .init(folder, "samples-raw.jsonl") }
    var inference: JSONLinesFile<RawInference> { .init(folder, "inference-raw.jsonl") }
    var periods: JSONLinesFile<ConstructionSummary.Period> { .init(folder, "periods.jsonl") }
    var skipped: JSONLinesFile<RawSkipped> { .init(folder, "skipped.jsonl") }

    /// Removes them.
    func remove() throws {
        for file in [users.url, samples.url, inference.url, periods.url, skipped.url] {
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
            } else if key.stringValue == "favorites" {
                favorites = try container.decode([String].self, forKey: key)
            }
        }
        id = fields.removeValue(forKey: "id") ?? ""
        guard let role = fields.removeValue(forKey: "role").flatMap(UserRole.init) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "a user without a role"))
        }
        self.role = role
        self.favorites = favorites
        attributes = fields
    }
}

struct RawSample: Decodable, Sendable {
    let user: Int32
    let role: UserRole
    let time: Int32
    let history: [Int32]
    let target: Int32
}

/// Rows of the source that were left out, and why.
struct RawSkipped: Decodable, Sendable {
    let reason: String
    let rows: Int
}

struct RawInference: Decodable, Sendable {
    let user: Int32
    let history: [Int32]
}
