import Pipeline

/// What was made from what: the finished steps of a run and the digests that tie them.
struct Lineage {
    /// A finished step.
    struct Node {
        let name: String
        /// Digest of all its outputs.
        let digest: String
        let origin: StepOrigin
    }

    let nodes: [Node]

    /// The steps that are done, in the order of a run; steps that another run did and this one adopted are
    /// among them.
    static func finishedSteps(_ run: RunDirectory) throws -> [StepDeclaration] {
        try Steps.all.filter { try run.manifest($0) != nil }
    }

    /// - Parameter steps: finished ones, in the order of the run.
    init(_ run: RunDirectory, _ steps: [StepDeclaration]) throws {
        nodes = try steps.map { step in
            Node(
                name: step.path, digest: try run.fingerprint(step),
                origin: try run.manifest(step)?.origin ?? StepOrigin())
        }
    }

    /// The steps as a flow, left to right.
    func plot(_ id: String) -> Plot {
        let places = Dictionary(
            nodes.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        let links = nodes.enumerated().flatMap { target, node in
            node.origin.steps.keys.sorted().compactMap { source in
                places[source].map { ($0, target, source) }
            }
        }
        return Plot(
            id: id, title: "Lineage: which step was made from which",
            description: nodes.map { node in
                let sources = node.origin.steps.keys.sorted()
                return sources.isEmpty ? node.name : "\(node.name) from \(sources.joined(separator: " and "))"
            }.joined(separator: "; "),
            data: [
                [
                    "type": "sankey", "name": "lineage", "orientation": "h",
                    "node": ["label": .strings(nodes.map(\.name)), "pad": 14, "thickness": 12],
                    "link": [
                        "source": .array(links.map { .integer($0.0) }),
                        "target": .array(links.map { .integer($0.1) }),
                        "value": .numbers(links.map { _ in 1 }), "label": .strings(links.map(\.2)),
                    ],
                ]
            ], layout: ["height": 460])
    }

    /// A line per step: what it was made from, by the first digits of the digests.
    var lines: [[String]] {
        nodes.map { node in
            let digests = node.origin.steps.merging(node.origin.files) { step, _ in step }
            let sources = digests.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.prefix(12))" }
            let seed = node.origin.settings["seed"].map { ["seed \($0)"] } ?? []
            return [
                node.name, String(node.digest.prefix(12)), (sources + seed).joined(separator: ", "),
            ]
        }
    }
}
