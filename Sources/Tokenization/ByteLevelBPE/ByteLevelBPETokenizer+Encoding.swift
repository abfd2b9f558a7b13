import Foundation
import Synchronization

extension ByteLevelBPETokenizer {
    /// The ids of `text`; nothing is added before or after.
    ///
    /// - Parameter recognizesSpecialTokens: whether the text of a control token becomes that token.
    ///   User-defined tokens always do.
    public func encode(_ text: String, recognizesSpecialTokens: Bool) -> [Int32] {
        var text = text
        let matched = recognizesSpecialTokens ? unsplitTokens : userDefinedTokens
        var encoder = WordEncoder(self, workspaces.withLock { $0.popLast() } ?? WordEncoder.Workspace())
        text.withUTF8 { bytes in
            encoder.ids.reserveCapacity(bytes.count / 3)
            matched.split(bytes, ordinary: { encoder.encode($0) }, special: { encoder.ids.append($0) })
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

    init(_ tokenizer: ByteLevelBPETokenizer, _ workspace: consuming Workspace) {
        self.tokenizer = tokenizer
        self.workspace = workspace
    }

    /// Appends the ids of `text`, valid UTF-8 without special tokens.
    mutating func encode(_ text: UnsafeBufferPointer<UInt8>) {
        if tokenizer.preTokenizer.normalizesToNFC, text.contains(where: { $0 >= 0x80 }) {
            var normalized = String(decoding: text, as: UTF8.self).precomposedStringWithCanonicalMapping
            normalized.withUTF8 { encodeWords(of: $0) }
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
        for byte in word {
            let id = tokenizer.idOfByte[Int(byte)]
            if id >= 0 { workspace.symbols.append(id) }
        }
        workspace.merger.merge(workspace.symbols, with: tokenizer.merges, into: &ids)
    }
}
