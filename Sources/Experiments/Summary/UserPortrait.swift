import Evaluation
import Foundation
public import Pipeline

/// Everything that a run knows of one user, in full, for a reader.
public struct UserPortrait {
    private let run: RunDirectory
    private let tables: ConstructedTables

    /// The users of a finished run.
    public init(_ run: RunDirectory) throws {
        self.run = run
        tables = try ConstructedTables(run)
    }

    /// Ids of users to show: the first of the test, the alignment and the fine-tuning users.
    public func examples(_ count: Int) throws -> [String] {
        let users = try tables.users()
        return try [.test, .collaborate, .activate].flatMap { role in
            try tables.samples(role).prefix((count + 2) / 3).map { users[Int($0.user)].id }
        }.prefix(count).map { $0 }
    }

    /// Profile, history, reasoning, answer, truth, rewards, codes, similar user.
    ///
    /// - Parameter id: the source's own id of the user.
    /// - Throws: `RunError.file` when no user has that id.
    public func text(of id: String) throws -> String {
        let users = try tables.users()
        guard let place = users.firstIndex(where: { $0.id == id }) else {
            throw RunError.file(path: run.url.path, message: "has no user '\(id)'; users.jsonl lists them")
        }
        let items = try tables.items()
        let user = Int32(place)
        var lines = ["User \(id) (\(users[place].role.rawValue))", "  profile     \(users[place].profile)"]
        for role in UserRole.allCases {
            for sample in try tables.samples(role) where sample.user == user {
                lines += sample.history.enumerated().map { index, item in
                    (index == 0 ? "  history     " : "              ") + AnswerFormat.render(items[Int(item)])
                }
                lines.append("  truth       \(AnswerFormat.render(items[Int(sample.target)]))")
                lines += try answers(to: sample) + rollouts(of: sample)
            }
        }
        return (lines + (try features(of: user, users))).joined(separator: "\n") + "\n"
    }

    private func answers(to sample: PromptSample) throws -> [String] {
        guard sample.role == .test else { return [] }
        return try EvaluationStage.models.flatMap { model -> [String] in
            let file = run.folder("evaluate/\(model.folder)").appending(path: "answers.jsonl")
            let answers = try JSONLines.read(ModelAnswer.self, from: file).filter { $0.id == sample.id }
            return answers.map { "  \(model.name): \(oneLine($0.text))" }
        }
    }

    private func rollouts(of sample: PromptSample) throws -> [String] {
        guard sample.role == .collaborate else { return [] }
        struct Rollout: Decodable {
            var step: Int
            var sample: String
            var text: String
            var outcome: String
            var rewards: [String: Double]
            var advantage: Double
        }
        let file = run.folder(SimulationFiles.checkpointStep).appending(path: "rollouts.jsonl")
        return try JSONLines.read(Rollout.self, from: file).filter { $0.sample == sample.id }.map {
            let rewards = $0.rewards.keys.sorted().reversed().map { [all = $0.rewards] name in
                String(format: "%@ %.3f", name, all[name] ?? 0)
            }
            return String(
                format: "  rollout     step %d, rewards %@, advantage %+.2f, %@: %@", $0.step,
                rewards.joined(separator: " "), $0.advantage, $0.outcome, oneLine($0.text))
        }
    }

    private func features(of user: Int32, _ users: [User]) throws -> [String] {
        let reasoning = run.folder(RankingFiles.reasoningStep).appending(path: RankingFiles.reasoning)
        let features = run.folder(RankingFiles.featuresStep).appending(path: RankingFiles.features)
        let texts = try JSONLines.read(ModelAnswer.self, from: reasoning)
        let all = try JSONLines.read(UserFeature.self, from: features)
        guard let own = all.first(where: { $0.user == user }) else { return [] }
        return [
            "  stage 4     \(oneLine(texts[Int(user)].text))",
            "  codes       \(own.codes.map(String.init).joined(separator: " "))",
        ]
            + zip(own.similarUsers, own.similarities).map {
                String(format: "  similar     user %@, cosine %.3f", users[Int($0)].id, $1)
            }
    }

    private func oneLine(_ text: String) -> String { collapsingWhitespace(text) }
}
