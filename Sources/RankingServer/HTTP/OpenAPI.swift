import HTTPTypes

/// `/openapi.json`, made of the endpoints' declarations.
enum OpenAPI {
    static func document(_ endpoints: [Endpoint]) -> JSON {
        var paths: [(String, JSON)] = []
        for path in endpoints.map(\.path) where !paths.contains(where: { $0.0 == path }) {
            paths.append(
                (
                    path,
                    .object(
                        endpoints.filter { $0.path == path }.map {
                            ($0.method.rawValue.lowercased(), operation($0))
                        })
                ))
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Taiji ranking service", "version": "1",
                "description": "Ranks with features that a language model keeps fresh.",
            ],
            "components": ["securitySchemes": ["token": ["type": "http", "scheme": "bearer"]]],
            "paths": .object(paths),
        ]
    }

    private static func operation(_ endpoint: Endpoint) -> JSON {
        var members: [(String, JSON)] = [("summary", .string(endpoint.summary))]
        let inPath = endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { name -> JSON in
            [
                "name": .string(String(name.dropFirst().dropLast())), "in": "path", "required": true,
                "schema": Schemas.text,
            ]
        }
        let inQuery = endpoint.query.map { name, summary -> JSON in
            [
                "name": .string(name), "in": "query", "required": false, "description": .string(summary),
                "schema": ["type": "integer", "minimum": 0],
            ]
        }
        if !inPath.isEmpty || !inQuery.isEmpty { members.append(("parameters", .array(inPath + inQuery))) }
        if let body = endpoint.body {
            var content: [(String, JSON)] = [("schema", body)]
            if let example = endpoint.example { content.append(("example", example)) }
            members.append(
                (
                    "requestBody",
                    [
                        "required": .bool(!endpoint.isBodyOptional),
                        "content": ["application/json": .object(content)],
                    ]
                ))
        }
        members.append(
            (
                "responses",
                .object(
                    endpoint.answers.map { answer in
                        (
                            "\(answer.status)",
                            [
                                "description": .string(answer.description),
                                "content": .object([
                                    (
                                        answer.type,
                                        answer.schema.map { ["schema": $0] } ?? ["schema": Schemas.text]
                                    )
                                ]),
                            ]
                        )
                    })
            ))
        if !endpoint.isOpen { members.append(("security", [["token": []], [:]])) }
        return .object(members)
    }
}
