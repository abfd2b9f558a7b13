import HTTPTypes
import Hummingbird

/// One path of the service with a method: what it takes, what it answers, and what does it. The router and
/// `/openapi.json` are both made of these declarations.
struct Endpoint: Sendable {
    /// A status that is answered.
    struct Answer: Sendable {
        var status: Int
        var description: String
        /// JSON schema; nil for a body that is no JSON.
        var schema: JSON?
        var type = "application/json"
    }

    let method: HTTPRequest.Method
    /// With parameters in braces.
    let path: String
    let summary: String
    /// JSON schema of the request's body; nil without one.
    var body: JSON?
    /// A body that fits the schema.
    var example: JSON?
    /// Whether the body may be left out.
    var isBodyOptional = false
    /// Names of numbers in the query, with what they are.
    var query: [(name: String, summary: String)] = []
    let answers: [Answer]
    /// Whether it is answered without a token.
    var isOpen = false
    let handle: @Sendable (ServiceRequest) async throws -> ServiceResponse
}

/// What a handler needs of a request.
struct ServiceRequest: Sendable {
    /// The whole body.
    let body: [UInt8]
    /// Values of the path's parameters.
    let parameters: [String: String]
    /// Values of the query.
    let query: [String: String]

    /// A number of the query.
    ///
    /// - Throws: `Problem`.
    func count(_ name: String, default usual: Int64, upTo maximum: Int64) throws -> Int64 {
        guard let text = query[name] else { return usual }
        guard let value = Int64(text), (0...maximum).contains(value) else {
            throw Problem.invalid(
                name, "is '\(text.prefix(40))'; expected a whole number from 0 to \(maximum)")
        }
        return value
    }
}

/// What a handler answers.
struct ServiceResponse: Sendable {
    var status = 200
    var type = "application/json"
    var body: [UInt8]

    init(_ json: JSON) { body = json.bytes }
    init(_ status: Int, _ json: JSON) { (self.status, body) = (status, json.bytes) }
    init(_ status: Int = 200, bytes: [UInt8], type: String = "application/json") {
        (self.status, self.type, body) = (status, type, bytes)
    }
}
