/// A token that is found in text before the text is cut into words.
struct AddedToken: Sendable, Equatable {
    var text: String
    var id: Int32
    /// Steers the model and is not text: found only on request, left out of decoded text on request.
    var isSpecial: Bool
    /// Takes the whitespace before it.
    var stripsLeft = false
    /// Takes the whitespace after it.
    var stripsRight = false
    /// Found only where no letter, digit or underscore touches it.
    var isSingleWord = false
    /// Found in normalized text, not in the text as it is.
    var isNormalized = false
}
