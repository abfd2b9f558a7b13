import HTTPTypes

extension RankingAPI {
    /// Every path of the service but the page's.
    var endpoints: [Endpoint] { dataEndpoints + versionEndpoints + stateEndpoints }

    private static let failures: [Endpoint.Answer] = [
        .init(status: 400, description: "The body is no JSON.", schema: Schemas.problem, type: problemType),
        .init(
            status: 413, description: "The body or a list is too large.", schema: Schemas.problem,
            type: problemType),
        .init(
            status: 415, description: "The body is not sent as application/json.", schema: Schemas.problem,
            type: problemType),
        .init(status: 422, description: "A field does not fit.", schema: Schemas.problem, type: problemType),
        .init(
            status: 429, description: "Too much waits; try again after Retry-After.", schema: Schemas.problem,
            type: problemType),
        .init(
            status: 503, description: "The store fails or the service is stopping.", schema: Schemas.problem,
            type: problemType),
    ]
    static let problemType = "application/problem+json"

    private var dataEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/v1/events",
                summary:
                    "Keeps behaviours and impressions; answered once they are durable. The same id is the "
                    + "same event.",
                body: Schemas.events,
                example: [
                    "id": "e1", "user": "19", "item": "26190", "time": 1_514_764_800, "kind": "purchase",
                ],
                answers: [
                    .init(status: 202, description: "Kept, with which were new.", schema: Schemas.keptEvents)
                ]
                    + Self.failures, handle: events),
            Endpoint(
                method: .get, path: "/v1/events",
                summary: "Events in the order of their positions, a line each, for the next run.",
                query: [("after", "Only events after this position."), ("limit", "At most so many.")],
                answers: [
                    .init(status: 200, description: "JSON lines.", schema: nil, type: "application/x-ndjson")
                ]
                    + Self.failures.suffix(3), handle: exported),
            Endpoint(
                method: .post, path: "/v1/rank", summary: "Ranks items for a user as of now.",
                body: Schemas.rank,
                example: ["user": "19", "items": ["26190", ["item": "26426", "bid": 0.25]], "limit": 10],
                answers: [.init(status: 200, description: "The items, best first.", schema: Schemas.ranking)]
                    + Self.failures, handle: rank),
            Endpoint(
                method: .put, path: "/v1/items", summary: "Adds or changes items.", body: Schemas.items,
                example: [
                    "id": "new-1", "title": "oat drink 1 l", "categories": ["grocery", "milk", "oat drink"],
                    "price": 1.99,
                ],
                answers: [
                    .init(
                        status: 200, description: "How many, and how many were new.",
                        schema: Schemas.object([("items", Schemas.integer), ("new", Schemas.integer)]))
                ] + Self.failures, handle: putItems),
            Endpoint(
                method: .get, path: "/v1/items",
                summary: "The titles that can be recommended, most chosen first.",
                query: [("limit", "At most so many.")],
                answers: [
                    .init(
                        status: 200, description: "Items.",
                        schema: Schemas.object([("items", Schemas.list(Schemas.catalogueItem))]))
                ] + Self.failures.suffix(3), handle: catalogue),
            Endpoint(
                method: .get, path: "/v1/users", summary: "Users of the run.",
                query: [("limit", "At most so many.")],
                answers: [.init(status: 200, description: "Ids.", schema: Schemas.users)]
                    + Self.failures.suffix(3),
                handle: users),
            Endpoint(
                method: .get, path: "/v1/users/{id}",
                summary:
                    "A user's state, reasoning, answer, codes and similar users, with the features' age.",
                answers: [
                    .init(status: 200, description: "The user.", schema: Schemas.user),
                    .init(
                        status: 404, description: "Nobody by this id.", schema: Schemas.problem,
                        type: Self.problemType),
                ] + Self.failures.suffix(2), handle: user),
        ]
    }

    private var versionEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/v1/versions",
                summary: "The versions, and how many active users have features of each.",
                answers: [.init(status: 200, description: "Versions.", schema: Schemas.versions)]
                    + Self.failures.suffix(1),
                handle: listVersions),
            Endpoint(
                method: .post, path: "/v1/versions",
                summary: "Loads another run beside the others and makes its features in the background.",
                body: Schemas.newVersion, example: ["run": "runs/next", "activate": true],
                answers: [
                    .init(
                        status: 202, description: "Loaded.",
                        schema: Schemas.object([("version", Schemas.text)]))
                ] + Self.failures, handle: addVersion),
            Endpoint(
                method: .post, path: "/v1/versions/{v}/activate",
                summary: "Lets a version answer, in one step; the same for going back to an earlier one.",
                body: Schemas.activation, example: ["force": true], isBodyOptional: true,
                answers: [
                    .init(
                        status: 200, description: "It answers.",
                        schema: Schemas.object([("active", Schemas.text)])),
                    .init(
                        status: 404, description: "No such version.", schema: Schemas.problem,
                        type: Self.problemType),
                    .init(
                        status: 409, description: "Too few active users have its features.",
                        schema: Schemas.problem,
                        type: Self.problemType),
                ] + Self.failures, handle: activate),
        ]
    }

    private var stateEndpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/healthz", summary: "Whether the process lives.",
                answers: [
                    .init(
                        status: 200, description: "It does.",
                        schema: Schemas.object([("status", Schemas.text)]))
                ], isOpen: true, handle: { _ in ServiceResponse(["status": "alive"]) }),
            Endpoint(
                method: .get, path: "/readyz", summary: "Whether it can rank and keep events.",
                answers: [
                    .init(
                        status: 200, description: "It can.",
                        schema: Schemas.object([("status", Schemas.text), ("version", Schemas.text)]))
                ] + Self.failures.suffix(1), isOpen: true, handle: ready),
            Endpoint(
                method: .get, path: "/metrics", summary: "Metrics for Prometheus.",
                answers: [.init(status: 200, description: "Text.", schema: nil, type: "text/plain")]
                    + Self.failures.suffix(1), handle: metrics),
        ]
    }
}
