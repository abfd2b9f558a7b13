import Foundation

/// One example of a golden file that a script in Reference/ wrote.
public struct GoldenCase<Inputs: Decodable & Sendable, Expected: Decodable & Sendable>: Decodable, Sendable {
    /// What the example shows.
    public let name: String
    /// What the code under test is given.
    public let inputs: Inputs
    /// What the reference computed.
    public let expected: Expected
}

/// The list `cases` of a golden file.
public struct GoldenFile<Inputs: Decodable & Sendable, Expected: Decodable & Sendable>: Decodable, Sendable {
    /// The script that wrote the file.
    public let generator: String
    /// Its seed.
    public let seed: Int
    /// The examples.
    public let cases: [GoldenCase<Inputs, Expected>]
}

/// Reads golden files.
public enum Golden {
    /// The list `cases` of a file.
    public static func cases<Inputs, Expected>(
        _ name: String, _: Inputs.Type = Inputs.self, _: Expected.Type = Expected.self
    ) throws -> [GoldenCase<Inputs, Expected>] {
        try read(name, as: GoldenFile<Inputs, Expected>.self).cases
    }

    /// A golden file as a type that names the keys it wants.
    public static func read<File: Decodable>(_ name: String, as _: File.Type = File.self) throws -> File {
        try JSONDecoder().decode(File.self, from: Data(contentsOf: PackageFolder.golden(name)))
    }
}
