/// What a ranker cannot learn from, score or load.
public enum RankingModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing to train on.
    case noImpressions(title: String)
    /// Impressions that do not come by user and time; `number` counts from 1.
    case order(number: Int)
    /// A row or a feature group names a user or an item that the data do not have.
    case unknown(what: String, index: Int32, count: Int)
    /// A row has another number of values of its moment than the data have columns.
    case context(count: Int, expected: [String])
    /// The configuration's feature schema does not fit the logs.
    case schema(key: String, message: String)
    /// Feature groups that do not fit the data or the trained network.
    case features(expected: String, found: String)
    /// An impression would see what happened at or after its own time; `number` counts from 1.
    case future(number: Int, time: Int64, cutoff: Int64)
    /// Codes of another code book than the ranker was trained with.
    case codebook(expected: String, found: String)
    /// A saved ranker's file is damaged or belongs to another ranker.
    case file(path: String, key: String, message: String)

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .noImpressions(let title):
            "\(title) has no impressions to train on; check construct.windows"
        case .order(let number):
            "impression \(number) is of an earlier user or time than the one before it; "
                + "sort the impressions by user, then time"
        case .unknown(let what, let index, let count):
            "\(what) \(index) does not exist, the data have \(count); score with the data that the index "
                + "comes from"
        case .context(let count, let expected):
            "a row has \(count) values of its moment; expected one each for \(expected)"
        case .schema(let key, let message):
            "the setting '\(key)' \(message)"
        case .features(let expected, let found):
            "enhanced features: expected \(expected), found \(found); give the groups that the ranker is "
                + "trained with"
        case .future(let number, let time, let cutoff):
            "impression \(number) is of time \(time), and the similar users' behaviours reach up to "
                + "\(cutoff); lend only behaviours from before the first impression"
        case .codebook(let expected, let found):
            "the ranker was trained with codes of code book \(expected), these are of \(found); "
                + "encode with that code book or train the ranker again"
        case .file(let path, let key, let message):
            "\(path), '\(key)': \(message)"
        }
    }
}
