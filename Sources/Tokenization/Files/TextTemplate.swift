/// What a file's post-processor puts around one text.
struct TextTemplate: Sendable, Equatable {
    var prefix: [Int32] = []
    var suffix: [Int32] = []

    init(prefix: [Int32] = [], suffix: [Int32] = []) {
        self.prefix = prefix
        self.suffix = suffix
    }

    /// Reads `post_processor`.
    ///
    /// - Throws: `TokenizationError` for a kind that could add other tokens.
    init(_ processor: FileValue, in vocabulary: Vocabulary) throws {
        let kind = try processor.required("type")
        switch try kind.string() {
        case "ByteLevel": break
        case "Sequence":
            for part in try processor.required("processors").elements() {
                let outer = try TextTemplate(part, in: vocabulary)
                prefix = outer.prefix + prefix
                suffix += outer.suffix
            }
        case "TemplateProcessing": try readTemplate(processor, vocabulary)
        case "BertProcessing", "RobertaProcessing":
            prefix = [try Self.named(processor.required("cls"), vocabulary)]
            suffix = [try Self.named(processor.required("sep"), vocabulary)]
        case let other:
            throw kind.unsupported(
                other,
                expected:
                    "ByteLevel, TemplateProcessing, BertProcessing, RobertaProcessing or a Sequence of them")
        }
    }

    private mutating func readTemplate(_ processor: FileValue, _ vocabulary: Vocabulary) throws {
        let single = try processor.required("single")
        let specials = try processor.optional("special_tokens")
        var isAfterText = false
        for piece in try single.elements() {
            if let sequence = try piece.optional("Sequence") {
                guard !isAfterText else { throw sequence.malformed("the text is there twice") }
                isAfterText = true
            } else {
                let name = try piece.required("SpecialToken").required("id")
                let ids = try Self.ids(of: name, specials, vocabulary)
                if isAfterText { suffix += ids } else { prefix += ids }
            }
        }
        guard isAfterText else { throw single.malformed("it has no Sequence") }
    }

    /// The ids that `special_tokens` gives a name, or the id of the token of that name.
    private static func ids(
        of name: FileValue, _ specials: FileValue?, _ vocabulary: Vocabulary
    ) throws -> [Int32] {
        let text = try name.string()
        guard let special = try specials?.optional(text) else {
            return [try vocabulary.id(of: text, at: name)]
        }
        return try special.required("ids").elements().map {
            Int32(try $0.integer(in: 0...max(vocabulary.tokens.count - 1, 0)))
        }
    }

    /// `["</s>", 2]`
    private static func named(_ pair: FileValue, _ vocabulary: Vocabulary) throws -> Int32 {
        let elements = try pair.elements()
        guard elements.count == 2 else { throw pair.malformed("a token and its id expected") }
        return Int32(try elements[1].integer(in: 0...max(vocabulary.tokens.count - 1, 0)))
    }
}
