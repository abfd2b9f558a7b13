import Foundation

extension WordPieceTokenizer {
    /// Words with a space between, `##` parts joined, and the spaces before punctuation taken out again as
    /// the reference does (`cleanup` of `tokenizer.json`). Case and accents that `encode` removed do not
    /// come back.
    public func decode(_ ids: [Int32], skipsSpecialTokens: Bool) throws -> String {
        var text = ""
        var isFirst = true
        for id in ids {
            guard id >= 0, id < vocabularySize else {
                throw TokenizationError.idOutsideVocabulary(id: id, vocabularySize: vocabularySize)
            }
            let token = definition.tokens[Int(id)]
            if skipsSpecialTokens, specialTokens[token] != nil { continue }
            var part = isFirst ? token : " " + token
            if !isFirst, let rest = definition.continuation(of: token) { part = String(Substring(rest)) }
            if definition.cleansUpDecodedText { Self.cleanUp(&part) }
            text += part
            isFirst = false
        }
        return text
    }

    /// Of the reference's replacements, those that can occur inside the text of one token.
    private static func cleanUp(_ part: inout String) {
        if [" .", " ?", " !", " ,"].contains(where: part.hasPrefix) { part.removeFirst() }
    }
}
