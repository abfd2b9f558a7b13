/// JSON schemas of the service's bodies.
enum Schemas {
    static let text: JSON = ["type": "string"]
    static let id: JSON = [
        "description": "The logs' own id; a whole number is taken as its text.",
        "oneOf": [["type": "string", "minLength": 1], ["type": "integer"]],
    ]
    static let time: JSON = ["type": "number", "description": "Seconds since 1970, UTC; now by default."]
    static let texts: JSON = [
        "type": "object", "additionalProperties": ["type": ["string", "number", "boolean"]],
    ]
    static let number: JSON = ["type": "number"]
    static let integer: JSON = ["type": "integer"]
    static let flag: JSON = ["type": "boolean"]

    static func list(_ items: JSON) -> JSON { ["type": "array", "items": items] }
    static func nullable(_ schema: JSON) -> JSON { ["oneOf": [schema, ["type": "null"]]] }

    /// An object with no other members.
    static func object(_ properties: [(String, JSON)], required: [String]? = nil) -> JSON {
        [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
            "required": .array((required ?? properties.map(\.0)).map { .string($0) }),
        ]
    }

    static let event = object(
        [
            ("id", id), ("user", id), ("item", id), ("time", time),
            (
                "kind",
                ["type": "string", "enum": .array(LiveEvent.Kind.allCases.map { .string($0.rawValue) })]
            ),
            ("quantity", ["type": "integer", "minimum": 1]), ("value", ["type": "number", "minimum": 0]),
            ("clicked", flag), ("converted", flag), ("context", texts),
        ], required: ["id", "user", "item", "kind"])
    static let events: JSON = ["oneOf": [event, object([("events", list(event))])]]
    static let keptEvents = object([("new", integer), ("repeated", integer), ("isNew", list(flag))])

    static let candidate: JSON = [
        "oneOf": [
            ["type": "string"], ["type": "integer"],
            object(
                [("item", id), ("bid", ["type": "number", "minimum": 0]), ("context", texts)],
                required: ["item"]),
        ]
    ]
    static let rank = object(
        [
            ("user", id), ("items", list(candidate)),
            (
                "candidates",
                ["type": "string", "enum": ["catalogue"], "description": "A named set, in place of items."]
            ),
            ("context", texts), ("time", time), ("limit", ["type": "integer", "minimum": 1]),
            ("ranker", ["type": "string", "enum": ["enhanced", "baseline"]]),
        ], required: ["user"])
    static let ranking = object([
        ("user", text), ("version", text), ("ranker", text), ("fallback", nullable(text)),
        ("codebook", nullable(text)),
        ("features", nullable(object([("madeAt", number), ("ageSeconds", number), ("isStale", flag)]))),
        (
            "items",
            list(
                object(
                    [("item", text), ("ctr", number), ("cvr", number), ("ctcvr", number), ("bid", number)],
                    required: ["item", "ctr", "cvr", "ctcvr"]))
        ),
    ])

    static let item = object(
        [
            ("id", id), ("title", text), ("categories", list(text)), ("brand", text),
            ("price", nullable(["type": "number", "minimum": 0])), ("attributes", texts),
        ], required: ["id"])
    static let items: JSON = ["oneOf": [item, object([("items", list(item))])]]
    static let catalogueItem = object([
        ("id", text), ("title", text), ("categories", list(text)), ("brand", text),
        ("price", nullable(number)),
    ])

    static let user = object([
        ("user", text), ("profile", text), ("behaviors", integer),
        ("recent", list(object([("item", text), ("title", text), ("time", integer)]))),
        (
            "features",
            nullable(
                object([
                    ("version", text), ("codebook", text), ("madeAt", number), ("ageSeconds", number),
                    ("historyUntil", integer), ("isStale", flag), ("text", text),
                    ("reasoning", nullable(text)),
                    ("answer", nullable(text)), ("codes", list(integer)),
                    ("similarUsers", list(object([("user", text), ("similarity", number)]))),
                    ("similarSequence", list(object([("item", text), ("title", text)]))),
                ]))
        ),
    ])
    static let users = object([("users", list(text))])

    static let version = object([
        ("name", text), ("directory", text), ("isActive", flag), ("isLoaded", flag),
        ("activatesWhenReady", flag),
        ("codebook", text), ("logsUntil", integer), ("activeUsers", integer), ("coveredUsers", integer),
        ("staleUsers", integer), ("givenUpUsers", integer), ("droppedUsers", integer),
    ])
    static let versions = object([("active", text), ("versions", list(version))])
    static let newVersion = object([("run", text), ("activate", flag)], required: ["run"])
    static let activation = object([("force", flag)], required: [])

    static let problem = object(
        [
            ("type", text), ("title", text), ("status", integer), ("detail", text), ("field", text),
        ], required: ["type", "title", "status", "detail"])
}
