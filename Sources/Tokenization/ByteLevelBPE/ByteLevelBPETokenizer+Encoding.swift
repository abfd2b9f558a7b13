import Synchronization

extension ByteLevelBPETokenizer {
    /// The ids of `text`; nothing is added before or after.
    ///
    /// - Parameter recognizesSpecialTokens: whether the text of a control token becomes that token.
    ///   User-defined tokens always do.
    public func encode(_ text: String, recognizesSpecialTokens: Bool) -> [Int32] {
        var text = text
        var encoder = WordEncoder(
            self, workspaces.withLock { $0.popLast() } ?? WordEncoder.Workspace(),
            recognizesSpecialTokens: recognizesSpecialTokens)
        text.withUTF8 { bytes in
            encoder.ids.reserveCapacity(bytes.count / 3)
            addedTokens.split(
                bytes, recognizesSpecialTokens: recognizesSpecialTokens,
                ordinary: { encoder.encode($0) }, added: { encoder.ids.append($0) })
        }
        let workspace = encoder.workspace
        workspaces.withLock { $0.append(workspace) }
        return encoder.ids
    }
}

/// One call of `encode`: its output, and buffers that it borrows from the tokenizer so that threads never
/// wait.
struct WordEncoder {
    struct Workspace: Sendable {
        var cache = WordCache()
        var merger = WordMerger()
        var symbols: [Int32] = []
    }

    var ids: [Int32] = []
    private(set) var workspace: Workspace
    private let tokenizer: ByteLevelBPETokenizer
    private let recognizesSpecialTokens: Bool

    init(
        _ tokenizer: ByteLevelBPETokenizer, _ workspace: consuming Workspace, recognizesSpecialTokens: Bool
    ) {
        self.tokenizer = tokenizer
        self.workspace = workspace
        self.recognizesSpecialTokens = recognizesSpecialTokens
    }

    /// Appends the ids of `text`, valid UTF-8 without added tokens of unnormalized text.
    mutating func encode(_ text: UnsafeBufferPointer<UInt8>) {
        // What is below U+0300 is in NFC whatever stands beside it; its first byte is below CC.
        if tokenizer.definition.normalizesToNFC, text.contains(where: { $0 >= 0xCC }) {
            var normalized = CanonicalComposition.compose(String(decoding: text, as: UTF8.self))
            normalized.withUTF8 { encodeNormalized($0) }
        } else {
            encodeNormalized(text)
        }
    }

    private mutating func encodeNormalized(_ text: UnsafeBufferPointer<UInt8>) {
        if tokenizer.normalizedTokens.isEmpty {
            encodePiece(text)
            return
        }
        // Collected first: two closures cannot both change the encoder.
        var pieces: [(text: UnsafeBufferPointer<UInt8>?, id: Int32)] = []
        tokenizer.normalizedTokens.split(
            text, recognizesSpecialTokens: recognizesSpecialTokens,
            ordinary: { pieces.append(($0, -1)) }, added: { pieces.append((nil, $0)) })
        for piece in pieces {
            if let text = piece.text { encodePiece(text) } else { ids.append(piece.id) }
        }
    }

    private mutating func encodePiece(_ text: UnsafeBufferPointer<UInt8>) {
        if tokenizer.definition.addsPrefixSpace, text.first != UInt8(ascii: " ") {
            ([UInt8(ascii: " ")] + text).withUnsafeBufferPointer { encodeWords(of: $0) }
        } else {
            encodeWords(of: text)
        }
    }

    private mutating func encodeWords(of text: UnsafeBufferPointer<UInt8>) {
        tokenizer.preTokenizer.forEachWord(in: text) { word in
            guard let key = WordCache.Key(word) else {
                merge(word)
                return
            }
            if workspace.cache.append(key, to: &ids) { return }
            let start = ids.count
            merge(word)
            workspace.cache.insert(key, ids: ids[start...])
        }
    }

    private mutating func merge(_ word: UnsafeBufferPointer<UInt8>) {
        if let whole = tokenizer.wholeWords?[word] {
            ids.append(whole)
            return
        }
        workspace.symbols.removeAll(keepingCapacity: true)
        var followsUnknown = false
        for byte in word {
            let id = tokenizer.idOfByte[Int(byte)]
            if id >= 0 {
                workspace.symbols.append(id)
            } else if let unknown = tokenizer.definition.unknownToken,
                !(followsUnknown && tokenizer.definition.fusesUnknown)
            {
                workspace.symbols.append(unknown)
            }
            followsUnknown = id < 0
        }
        workspace.merger.merge(workspace.symbols, with: tokenizer.merges, into: &ids)
    }
}
