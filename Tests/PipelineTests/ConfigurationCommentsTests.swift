import Foundation
import Pipeline
import TestSupport
import Testing

/// Comments in the code match the text of the reference.
@Suite("Comments of the configuration's properties and choices") struct ConfigurationCommentsTests {
    @Test("are the summaries of the settings and the meanings of the choices")
    func commentsAreTheSummaries() throws {
        let comments = try Self.comments()
        let texts = Self.texts()
        #expect(texts.count > 120)
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            #expect(comments[name] == text, "\(name)")
        }
    }

    /// What the reference says of each property and of each case of a choice, by `Type.name`.
    static func texts() -> [String: String] {
        var texts: [String: String] = [:]
        for entry in ConfigurationReference().entries {
            let names = entry.path.split(separator: ".").map(String.init)
            var values: [Any] = [TaijiConfiguration()]
            for name in names {
                guard let value = values.last.flatMap({ child(name, of: $0) }) else { break }
                values.append(value)
            }
            guard let value = values.last, values.count == names.count + 1, let name = names.last else {
                continue
            }
            texts["\(type(of: values[values.count - 2])).\(name)"] = entry.summary
            let choice = Mirror(reflecting: value).children.first?.value ?? value
            for known in entry.choices where !(choice is String) {
                texts["\(type(of: choice)).\(known.value)"] = known.meaning
            }
        }
        return texts
    }

    private static func child(_ name: String, of value: Any) -> Any? {
        Mirror(reflecting: value).children.first { $0.label == name }?.value
    }

    /// The comment above each property and each case, by `Type.name`; of a case, its raw value is the name.
    private static func comments() throws -> [String: String] {
        let folder = PackageFolder.root.appending(path: "Sources/Pipeline/Configuration")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        var found: [String: String] = [:]
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            var (types, comment): ([(indent: Int, name: Substring)], [Substring]) = ([], [])
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                let indent = line.prefix { $0 == " " }.count
                let code = line.dropFirst(indent)
                if code.hasPrefix("/// ") {
                    comment.append(code.dropFirst(4))
                    continue
                }
                if let type = code.firstMatch(of: #/^(?:public )?(?:struct|enum|extension) (\w+)/#) {
                    types.append((indent, type.1))
                } else if code == "}" || code.hasPrefix("}") && indent == types.last?.indent {
                    if indent == types.last?.indent { types.removeLast() }
                }
                let name =
                    code.firstMatch(of: #/^public var (\w+)(?:: [^=]+)? = /#)?.1
                    ?? code.firstMatch(of: #/^case \w+ = "([^"]+)"$/#)?.1
                    ?? code.firstMatch(of: #/^case (\w+)$/#)?.1
                if let name, let type = types.last {
                    found["\(type.name).\(name)"] = comment.joined(separator: " ")
                }
                comment = []
            }
        }
        return found
    }
}
