import Foundation
import Pipeline

/// One user to look at: history, reasoning, answers, truth, rewards, codes, neighbours.
struct UserExample: Encodable {
    /// Something that a model wrote.
    struct Text: Encodable {
        /// Who wrote it and what came of it.
        let label: String
        let text: String
    }

    let id: String
    let role: String
    let profile: String
    var history: [String] = []
    var truth: String?
    var teacher: [Text] = []
    var answers: [Text] = []
    var rollouts: [Text] = []
    var feature: Text?
    var neighbors: [String] = []

    /// The users whose next purchase a model was asked for, then the others; what is not done yet is left
    /// out.
    static func all(_ run: RunDirectory) throws -> [UserExample] {
        guard let tables = try run.finished(Steps.tables) else { return [] }
        let (users, items) = (try tables.users(), try tables.items())
        var examples = users.map { UserExample(id: $0.id, role: $0.role.rawValue, profile: $0.profile) }
        var owners: [String: Int] = [:]
        for role in UserRole.allCases {
            for sample in try tables.samples(role) {
                let user = Int(sample.user)
                owners[sample.id] = user
                examples[user].history = sample.history.map { title(items[Int($0)]) }
                examples[user].truth = title(items[Int(sample.target)])
            }
        }
        func add(_ path: WritableKeyPath<UserExample, [Text]>, _ sample: String, _ text: Text) {
            if let user = owners[sample] { examples[user][keyPath: path].append(text) }
        }
        for (sample, text) in try teacherTexts(run) { add(\.teacher, sample, text) }
        for (sample, text) in try answerTexts(run) { add(\.answers, sample, text) }
        for (sample, text) in try rolloutTexts(run) { add(\.rollouts, sample, text) }
        try addFeatures(run, users, to: &examples)
        let order = [UserRole.test, .collaborate, .activate, .other].map(\.rawValue)
        return examples.enumerated().sorted { first, second in
            let places = (
                order.firstIndex(of: first.element.role) ?? 0, order.firstIndex(of: second.element.role) ?? 0
            )
            return (places.0, first.offset) < (places.1, second.offset)
        }.map(\.element)
    }

    private static func teacherTexts(_ run: RunDirectory) throws -> [(String, Text)] {
        let scores = try run.finished(Steps.refinement)?.scores.read() ?? []
        let byPlace = Dictionary(
            scores.map { ("\($0.sample)/\($0.index)", $0) }, uniquingKeysWith: { first, _ in first })
        let texts = try run.finished(Steps.teacher)?.samples.read() ?? []
        return texts.map { text in
            let label = byPlace["\(text.sample)/\(text.index)"].map {
                String(
                    format: "perplexity of the truth %.2f, %@", $0.perplexity, $0.isKept ? "kept" : "dropped")
            }
            return (text.sample, Text(label: label ?? "not scored", text: text.reasoning))
        }
    }

    private static func answerTexts(_ run: RunDirectory) throws -> [(String, Text)] {
        try AnsweringModel.allCases.flatMap { model -> [(String, Text)] in
            let answers = try run.finished(model.answers)?.answers.read() ?? []
            let name = model.rawValue
            return answers.map {
                ($0.id, Text(label: $0.isTruncated ? "\(name), cut off" : name, text: $0.text))
            }
        }
    }

    private static func rolloutTexts(_ run: RunDirectory) throws -> [(String, Text)] {
        let rollouts = try run.finished(Steps.aligned)?.rollouts.read() ?? []
        return rollouts.map { rollout in
            let rewards = RewardSource.allCases.compactMap { source in
                rollout.rewards[source].map { String(format: "%@ %.3f", source.rawValue, $0) }
            }.joined(separator: ", ")
            let label = String(
                format: "step %d: %@, advantage %+.2f, %@", rollout.step, rewards, rollout.advantage,
                rollout.outcome.rawValue)
            return (rollout.sample, Text(label: label, text: rollout.text))
        }
    }

    private static func addFeatures(
        _ run: RunDirectory, _ users: [User], to examples: inout [UserExample]
    ) throws {
        let features = try run.finished(Steps.features)?.features.read() ?? []
        let texts = try run.finished(Steps.reasoning)?.answers.read() ?? []
        let written = Dictionary(texts.map { ($0.id, $0.text) }, uniquingKeysWith: { first, _ in first })
        for feature in features {
            let user = Int(feature.user)
            examples[user].feature = Text(
                label: "codes \(feature.codes.map(String.init).joined(separator: " "))",
                text: written["\(feature.user)"] ?? "")
            examples[user].neighbors = zip(feature.similarUsers, feature.similarities).map { other, cosine in
                String(
                    format: "user %@, cosine %.3f: %@", users[Int(other)].id, cosine,
                    users[Int(other)].profile)
            }
        }
    }

    private static func title(_ item: Item) -> String {
        "\(item.title) (\(item.categories.joined(separator: " › ")))"
    }
}
