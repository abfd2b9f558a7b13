import ModelFiles
import Pipeline

/// What requests look like, and the records that they become.
struct RequestForms: Sendable {
    let settings: ServeConfiguration

    private func object(_ bytes: UnsafeRawBufferPointer) throws -> RequestObject {
        try RequestObject(parsing: bytes, maximumIdBytes: settings.maximumIdBytes)
    }

    /// `POST /v1/events`: one event, or `events` with a list of them.
    func events(_ bytes: UnsafeRawBufferPointer, now: Int64) throws -> [LiveEvent] {
        let body = try object(bytes)
        guard body.has("events") else { return [try event(body, now)] }
        try body.expectOnly(["events"])
        let nodes =
            try body.list("events", atMost: settings.maximumRecords, setting: "serve.maximumRecords") ?? []
        return try body.objects(nodes, "events").map { try event($0, now) }
    }

    private func event(_ body: RequestObject, _ now: Int64) throws -> LiveEvent {
        try body.expectOnly([
            "id", "user", "item", "time", "kind", "quantity", "value", "clicked", "converted", "context",
        ])
        var event = LiveEvent(
            id: try body.id("id"), user: try body.id("user"), item: try body.id("item"),
            time: try body.time("time") ?? now, kind: try kind(body))
        event.quantity = Int32(try body.count("quantity", upTo: 1_000_000) ?? 1)
        event.value = try body.number("value", in: 0...1e12) ?? 0
        event.isConversion = try body.flag("converted") ?? false
        event.isClick = try body.flag("clicked") ?? event.isConversion
        event.context = try body.texts("context")
        return event
    }

    private func kind(_ body: RequestObject) throws -> LiveEvent.Kind {
        let kinds = LiveEvent.Kind.allCases.map(\.rawValue)
        guard let name = try body.text("kind"), let kind = LiveEvent.Kind(rawValue: name) else {
            throw Problem.invalid(
                "kind",
                "is \(try body.text("kind").map { "'\($0.prefix(40))'" } ?? "missing"); expected one of "
                    + kinds.joined(separator: ", "))
        }
        return kind
    }

    /// `POST /v1/rank`.
    func rank(
        _ bytes: UnsafeRawBufferPointer, columns: [String], now: Int64
    ) throws -> RankRequest {
        let body = try object(bytes)
        try body.expectOnly(["user", "items", "candidates", "context", "time", "limit", "ranker"])
        let candidates: [RankRequest.Candidate]
        if let nodes = try body.list(
            "items", atMost: settings.maximumCandidates, setting: "serve.maximumCandidates")
        {
            guard !nodes.isEmpty else {
                throw Problem.invalid("items", "is empty; expected at least one item")
            }
            candidates = try nodes.enumerated().map { try candidate($1, "items[\($0)]", columns) }
        } else {
            guard let name = try body.text("candidates") else {
                throw Problem.invalid(
                    "items", "is missing; expected a list of items, or `candidates` with a set's name")
            }
            guard name == "catalogue" else {
                throw Problem.invalid("candidates", "is '\(name.prefix(40))'; expected 'catalogue'")
            }
            candidates = []
        }
        var request = RankRequest(
            user: try body.id("user"), candidates: candidates,
            context: try body.texts("context", known: columns), time: try body.time("time") ?? now,
            limit: try body.count("limit", upTo: 1_000_000))
        if let ranker = try body.text("ranker") {
            guard ["enhanced", "baseline"].contains(ranker) else {
                throw Problem.invalid("ranker", "is '\(ranker.prefix(40))'; expected enhanced or baseline")
            }
            request.usesBaseline = ranker == "baseline"
        }
        return request
    }

    private func candidate(_ node: JSONNode, _ path: String, _ columns: [String]) throws
        -> RankRequest.Candidate
    {
        guard case .object = node else {
            return RankRequest.Candidate(
                item: try RequestObject.id(node, path, settings.maximumIdBytes))
        }
        let body = try RequestObject(node, path: path + ".", maximumIdBytes: settings.maximumIdBytes)
        try body.expectOnly(["item", "bid", "context"])
        return RankRequest.Candidate(
            item: try body.id("item"), bid: try body.number("bid", in: 0...1e12),
            context: try body.texts("context", known: columns))
    }

    /// `PUT /v1/items`: one item, or `items` with a list of them.
    func items(_ bytes: UnsafeRawBufferPointer) throws -> [Item] {
        let body = try object(bytes)
        guard body.has("items") else { return [try item(body)] }
        try body.expectOnly(["items"])
        let nodes =
            try body.list("items", atMost: settings.maximumRecords, setting: "serve.maximumRecords") ?? []
        return try body.objects(nodes, "items").map(item)
    }

    private func item(_ body: RequestObject) throws -> Item {
        try body.expectOnly(["id", "title", "categories", "brand", "price", "attributes"])
        let categories = try body.list("categories", atMost: 20, setting: "levels of a category") ?? []
        func short(_ name: String) throws -> String {
            let text = try body.text(name) ?? ""
            guard text.utf8.count <= 4096 else {
                throw Problem.invalid(name, "has \(text.utf8.count) bytes; expected at most 4096")
            }
            return text
        }
        let attributes = try body.texts("attributes")
        return Item(
            id: try body.id("id"), title: try short("title"),
            categories: try categories.enumerated().map { place, node in
                guard case .string(let text) = node, text.utf8.count <= 4096 else {
                    throw Problem.invalid(
                        "categories[\(place)]", "is \(node.kind.prefix(40)); expected a text")
                }
                return text
            }, brand: try short("brand"), price: try body.number("price", in: 0...1e12),
            attributes: attributes.isEmpty ? nil : attributes)
    }

    /// `POST /v1/versions`.
    func version(_ bytes: UnsafeRawBufferPointer) throws -> (run: String, activates: Bool) {
        let body = try object(bytes)
        try body.expectOnly(["run", "activate"])
        guard let run = try body.text("run"), !run.isEmpty else {
            throw Problem.invalid("run", "is missing; expected a run's folder on the server")
        }
        return (run, try body.flag("activate") ?? false)
    }

    /// `POST /v1/versions/{v}/activate`: an empty body, or `force`.
    func activation(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        if bytes.isEmpty { return false }
        let body = try object(bytes)
        try body.expectOnly(["force"])
        return try body.flag("force") ?? false
    }
}
