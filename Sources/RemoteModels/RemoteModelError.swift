/// Why a server's texts are missing. Answers that came before are kept.
public enum RemoteModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The environment has no key where the settings name a variable.
    case missingKey(variable: String)
    /// The server refuses what no other try will change.
    case refused(url: String, status: Int, body: String)
    /// The server answers, but not what was asked.
    case dishonest(url: String, what: String, body: String)
    /// No try of a request succeeded.
    case gaveUp(url: String, attempts: Int, last: String)
    /// The next request would pass the budget.
    case budget(limit: String, spent: String, missing: Int)
    /// The server's context does not hold a prompt with its answer.
    case context(url: String, tokens: Int, wanted: Int)
    /// Requests wait for their answers in a file.
    case requestsWritten(count: Int, file: String)
    /// Answers that were read do not hold all that is needed.
    case unanswered(count: Int)
    /// There is nobody to ask.
    case noAddress(count: Int)

    /// What happened, what was expected, and what to do.
    public var description: String {
        switch self {
        case .missingKey(let variable):
            "the environment has no \(variable), which endpoint.keyVariable names; export it with the "
                + "server's "
                + "key"
        case .refused(let url, let status, let body):
            "\(url) answered \(status): \(Self.excerpt(body))" + Self.advice(status)
        case .dishonest(let url, let what, let body):
            "\(url) \(what); it sent: \(Self.excerpt(body))"
        case .gaveUp(let url, let attempts, let last):
            "\(url) did not answer in \(attempts) tries; the last one: \(last). Run the command again when "
                + "the "
                + "server is well: answers that came are kept"
        case .budget(let limit, let spent, let missing):
            "the budget of \(limit) is spent (\(spent)), \(missing) prompts are unanswered; raise it under "
                + "endpoint.budget and run the command again: answers that came are kept"
        case .context(let url, let tokens, let wanted):
            "\(url) holds \(tokens) tokens, but answers alone may have \(wanted); lower maximumTokens, or "
                + "correct "
                + "endpoint.contextTokens"
        case .requestsWritten(let count, let file):
            "\(count) requests are in \(file); have them answered and go on with --read-answers"
        case .unanswered(let count):
            "\(count) requests have no answer yet; write them with --write-requests, have them answered, "
                + "and go "
                + "on with --read-answers"
        case .noAddress(let count):
            "\(count) requests have no answer and endpoint.url is empty; set it to the server's address, or "
                + "write them to a file with `taiji construct --write-requests`"
        }
    }

    /// The first words of what came back, on one line.
    static func excerpt(_ body: String) -> String {
        let line = body.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if line.isEmpty { return "nothing" }
        return line.count > 200 ? line.prefix(200) + " …" : line
    }

    private static func advice(_ status: Int) -> String {
        switch status {
        case 401, 403: "; is endpoint.keyVariable the variable with its key?"
        case 404: "; do endpoint.url (with its /v1) and endpoint.model name what the server has?"
        case 400, 413, 422: "; if a prompt is too long for it, lower construct.prompt.maximumTokens"
        default: ""
        }
    }
}
