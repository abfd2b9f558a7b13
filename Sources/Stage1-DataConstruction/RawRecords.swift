import Foundation
import Pipeline

/// Rows as the statements write them, before texts are made.
struct RawUser: Decodable {
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

struct RawSample: Decodable {
    let user: Int32
    let role: UserRole
    let time: Int32
    let history: [Int32]
    let target: Int32
}

/// Rows of the source that were left out, and why.
struct RawSkipped: Decodable {
    let reason: String
    let rows: Int
}

struct RawInference: Decodable {
    let user: Int32
    let history: [Int32]
}
