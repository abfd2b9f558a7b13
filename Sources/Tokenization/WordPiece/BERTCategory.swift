/// General categories as the reference's BERT normalizer and pre-tokenizer know them: those of Unicode 8.
enum BERTCategory {
    /// The category of a scalar; what came after Unicode 8 is unassigned.
    static func of(_ scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
        switch scalar.value {
        // Since then in another category.
        case 0x166D, 0x111C9: return .otherPunctuation
        case 0x1734, 0x1171E: return .nonspacingMark
        case 0x1885, 0x1886: return .otherLetter
        case 0xA9BD: return .spacingMark
        default:
            guard let age = scalar.properties.age, age.major <= 8 else { return .unassigned }
            return scalar.properties.generalCategory
        }
    }
}
