/// The tokens of a file in id order: `model.vocab` and the added tokens.
struct Vocabulary {
    private(set) var tokens: [String]
    let added: [AddedToken]
    private(set) var index: ByteStringIndex

    /// Reads both.
    ///
    /// - Throws: `TokenizationError` if an id is given twice or none is, or a token has two ids.
    init(_ file: FileValue) throws {
        let vocabulary = try file.required("model").required("vocab")
        let members = try vocabulary.members()
        let list = try file.optional("added_tokens")?.elements() ?? []
        let count = members.count + list.count
        var index = ByteStringIndex(capacity: count)
        var texts = [String?](repeating: nil, count: count)

        func add(_ text: String, _ value: FileValue) throws -> Int32 {
            let id = try value.integer(in: 0...max(count - 1, 0))
            if let known = index[text] {
                guard known == Int32(id) else {
                    throw value.malformed("'\(text)' has id \(known) as well as \(id)")
                }
                return known
            }
            if let other = texts[id] { throw value.malformed("'\(other)' and '\(text)' both have id \(id)") }
            texts[id] = text
            index.insert(text.utf8, id: Int32(id))
            return Int32(id)
        }

        for (name, node) in members {
            let value = vocabulary.child(name, node)
            if index[name] != nil { throw value.malformed("the token is there twice") }
            _ = try add(name, value)
        }
        var added: [AddedToken] = []
        for element in list {
            let text = try element.required("content").string()
            let id = try add(text, element.required("id"))
            if !text.isEmpty { added.append(try AddedToken(element, text: text, id: id)) }
        }
        let used = (texts.lastIndex { $0 != nil } ?? -1) + 1
        if let gap = texts[..<used].firstIndex(of: nil) {
            throw vocabulary.malformed("no token has id \(gap) of \(used)")
        }
        tokens = texts.compactMap { $0 }
        self.added = added
        self.index = index
    }

    /// The id of a token that the file names elsewhere.
    func id(of token: String, at place: FileValue) throws -> Int32 {
        if let id = index[token] { return id }
        throw place.malformed("'\(token)' is not in model.vocab")
    }
}

extension AddedToken {
    init(_ value: FileValue, text: String, id: Int32) throws {
        self.init(
            text: text, id: id,
            isSpecial: try value.bool("special", missing: false),
            stripsLeft: try value.bool("lstrip", missing: false),
            stripsRight: try value.bool("rstrip", missing: false),
            isSingleWord: try value.bool("single_word", missing: false),
            isNormalized: try value.bool("normalized", missing: false))
    }
}
