/// Why a request is not answered, as RFC 9457 writes it (`application/problem+json`).
struct Problem: Error, Sendable, Equatable {
    /// The HTTP status.
    var status: Int
    /// In a few words, the same for every problem of its kind.
    var title: String
    /// What happened, what was expected, what to do.
    var detail: String
    /// The part of the request at fault, such as `items[3].bid`.
    var field: String?
    /// After so many seconds it is worth another try.
    var retryAfter: Int?

    static func invalid(_ field: String, _ detail: String) -> Problem {
        Problem(status: 422, title: "The request does not fit", detail: detail, field: field)
    }

    static func unknownItem(_ id: String, field: String) -> Problem {
        invalid(field, "'\(id.prefix(64))' is no item that the service knows; add it with PUT /v1/items")
    }

    /// The problem behind an error.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case ServerError.busy:
            self.init(status: 429, title: "Too much waits", detail: "\(error)", retryAfter: 1)
        case ServerError.store:
            self.init(status: 503, title: "The store fails", detail: "\(error)", retryAfter: 5)
        case is CancellationError:
            self.init(status: 503, title: "The service is stopping", detail: "ask another one", retryAfter: 1)
        default:
            self.init(status: 500, title: "The service failed", detail: "\(error)")
        }
    }

    init(status: Int, title: String, detail: String, field: String? = nil, retryAfter: Int? = nil) {
        self.status = status
        self.title = title
        self.detail = detail
        self.field = field
        self.retryAfter = retryAfter
    }

    var json: JSON {
        var members: [(String, JSON)] = [
            ("type", "about:blank"), ("title", .string(title)), ("status", .integer(Int64(status))),
            ("detail", .string(detail)),
        ]
        if let field { members.append(("field", .string(field))) }
        return .object(members)
    }
}
