public import Foundation

extension WordPieceTokenizer {
    /// Reads a Hugging Face `tokenizer.json` with a WordPiece model and BERT's normalizer and pre-tokenizer.
    ///
    /// - Parameters:
    ///   - file: the `tokenizer.json`.
    ///   - maximumLength: the longest result of `encode`; nil for the file's own `truncation`, if it has one.
    /// - Throws: `TokenizationError` naming the file and the key.
    public init(contentsOf file: URL, maximumLength: Int? = nil) throws {
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            let reason = FileManager.default.fileExists(atPath: file.path) ? "\(error)" : "no such file"
            throw TokenizationError.unreadableFile(path: file.path, reason: reason)
        }
        let kinds = try Self.read(TokenizerFile.Kinds.self, from: data, path: file.path)
        for (key, found, expected) in [
            ("model.type", kinds.model.type, "WordPiece"),
            ("normalizer.type", kinds.normalizer.type, "BertNormalizer"),
            ("pre_tokenizer.type", kinds.preTokenizer.type, "BertPreTokenizer"),
            ("post_processor.type", kinds.postProcessor.type, "TemplateProcessing"),
        ] where found != expected {
            throw TokenizationError.unsupportedFile(
                path: file.path, key: key, found: found, expected: expected)
        }
        let contents = try Self.read(TokenizerFile.self, from: data, path: file.path)
        self.init(
            try Self.definition(contents, path: file.path),
            maximumLength: maximumLength ?? contents.truncation?.maximumLength)
    }

    private static func definition(_ file: TokenizerFile, path: String) throws -> Definition {
        let vocabulary = file.model.vocabulary
        let special = file.addedTokens.filter(\.special)
        let ids = vocabulary.merging(special.map { ($0.content, $0.id) }) { id, _ in id }
        var tokens = [String?](repeating: nil, count: ids.count)
        for (token, id) in ids where id >= 0 && id < ids.count { tokens[Int(id)] = token }
        if let gap = tokens.firstIndex(of: nil) {
            throw TokenizationError.malformedFile(
                path: path, key: "model.vocab", reason: "no token has id \(gap) of \(tokens.count)")
        }
        func id(_ token: String, _ key: String) throws -> Int32 {
            if let id = ids[token] { return id }
            throw TokenizationError.malformedFile(
                path: path, key: key, reason: "'\(token)' is not in model.vocab")
        }
        let template = file.postProcessor.single
        guard let sequence = template.firstIndex(where: { $0.sequence != nil }) else {
            throw TokenizationError.malformedFile(
                path: path, key: "post_processor.single", reason: "it has no Sequence")
        }
        func specials(_ pieces: ArraySlice<TokenizerFile.PostProcessor.Piece>) throws -> [Int32] {
            try pieces.compactMap(\.specialToken).map { try id($0.id, "post_processor.single") }
        }
        return Definition(
            tokens: tokens.compactMap { $0 },
            specialTokens: Dictionary(
                special.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first }),
            unknown: try id(file.model.unknownToken, "model.unk_token"),
            continuingPrefix: file.model.continuingPrefix,
            longestWord: file.model.longestWord,
            normalizer: BERTNormalizer(
                cleansText: file.normalizer.cleansText,
                spacesIdeographs: file.normalizer.spacesIdeographs,
                stripsAccents: file.normalizer.stripsAccents ?? file.normalizer.lowercases,
                lowercases: file.normalizer.lowercases),
            prefix: try specials(template[..<sequence]),
            suffix: try specials(template[(sequence + 1)...]),
            cleansUpDecodedText: file.decoder?.cleanup ?? false)
    }

    private static func read<Contents: Decodable>(
        _ type: Contents.Type, from data: Data, path: String
    ) throws -> Contents {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            let (key, reason) = describe(error)
            throw TokenizationError.malformedFile(path: path, key: key, reason: reason)
        }
    }

    private static func describe(_ error: DecodingError) -> (key: String, reason: String) {
        func path(_ keys: [any CodingKey]) -> String {
            keys.isEmpty
                ? "the top"
                : keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): (path(context.codingPath + [key]), "the key is missing")
        case .valueNotFound(let type, let context): (path(context.codingPath), "null, expected \(type)")
        case .typeMismatch(let type, let context): (path(context.codingPath), "expected \(type)")
        case .dataCorrupted(let context): (path(context.codingPath), "not JSON: \(context.debugDescription)")
        @unknown default: ("the top", "\(error)")
        }
    }
}
