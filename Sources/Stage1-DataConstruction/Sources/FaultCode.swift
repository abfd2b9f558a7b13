/// Kinds of faults that rows of a source can have.
enum FaultCode: String, Sendable {
    case raggedRow, encoding, unclosedQuote, missingId, unreadableTime, wrongUnit, farTime, unknownKind
    case unreadableNumber, negativeNumber, unknownItem, unknownUser, duplicateId, label, unclicked
}
