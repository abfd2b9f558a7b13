/// The text with runs of blanks and line breaks as single spaces and none at the ends.
public func collapsingWhitespace(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

/// The form in which titles and category names are compared: lower case, whitespace collapsed.
public func normalizedLabel(_ text: String) -> String { collapsingWhitespace(text.lowercased()) }

/// The text without whitespace at its ends.
func trimmingWhitespace(_ text: String) -> String {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
}
