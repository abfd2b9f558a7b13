import Pipeline

/// What was made from what: the finished steps of a run and the digests that tie them.
struct Lineage {
    /// A finished step.
    struct Step {
        let name: String
        /// Digest of all its outputs.
        let digest: String
        /// Its inputs by name, with the step that made them, if a step did.
        let inputs: [(name: String, digest: String, step: String?)]
    }

    let steps: [Step]

    /// - Parameter names: the finished steps, in the order of the run.
    init(_ run: RunDirectory, _ names: [String]) throws {
        let digests = try names.map { try run.fingerprint($0) }
        let makers = Dictionary(zip(digests, names), uniquingKeysWith: { first, _ in first })
        steps = try zip(names, digests).map { name, digest in
            let inputs = try run.manifest(name)?.inputs ?? [:]
            return Step(
                name: name, digest: digest,
                inputs: inputs.sorted { $0.key < $1.key }.map { ($0.key, $0.value, makers[$0.value]) })
        }
    }

    /// The steps as a flow, left to right.
    func plot(_ id: String) -> Plot {
        let places = Dictionary(
            steps.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        let links = steps.enumerated().flatMap { target, step in
            step.inputs.compactMap { input in
                input.step.flatMap { places[$0] }.map { ($0, target, input.name) }
            }
        }
        return Plot(
            id: id, title: "Lineage: which step was made from which",
            description: steps.map { step in
                let sources = step.inputs.compactMap(\.step)
                return sources.isEmpty ? step.name : "\(step.name) from \(sources.joined(separator: " and "))"
            }.joined(separator: "; "),
            data: [
                [
                    "type": "sankey", "name": "lineage", "orientation": "h",
                    "node": ["label": .strings(steps.map(\.name)), "pad": 14, "thickness": 12],
                    "link": [
                        "source": .array(links.map { .integer($0.0) }),
                        "target": .array(links.map { .integer($0.1) }),
                        "value": .numbers(links.map { _ in 1 }), "label": .strings(links.map(\.2)),
                    ],
                ]
            ], layout: ["height": 460])
    }

    /// A line a step: what it was made from, by the first digits of the digests.
    var lines: [[String]] {
        steps.map { step in
            [
                step.name, String(step.digest.prefix(12)),
                step.inputs.map { input in
                    // Seeds and sizes are no digests and say more in full.
                    let value = input.digest.count == 64 ? String(input.digest.prefix(12)) : input.digest
                    return "\(input.name) \(value)"
                }.joined(separator: ", "),
            ]
        }
    }
}
