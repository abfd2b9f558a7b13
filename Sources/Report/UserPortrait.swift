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
        tables = try run.output(of: Steps.tables)
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
            throw RunError.file(
                path: run.url.path, message: "has no user '\(id)'; \(tables.userFile.url.path) lists them")
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
        return try AnsweringModel.allCases.flatMap { model -> [String] in
            let answers = try run.finished(model.answers)?.answers.read() ?? []
            return answers.filter { $0.id == sample.id }.map { "  \(model.rawValue): \(oneLine($0.text))" }
        }
    }

    private func rollouts(of sample: PromptSample) throws -> [String] {
        guard sample.role == .collaborate else { return [] }
        let rollouts = try run.finished(Steps.aligned)?.rollouts.read() ?? []
        return rollouts.filter { $0.sample == sample.id }.map { rollout in
            let rewards = RewardSource.allCases.compactMap { source in
                rollout.rewards[source].map { String(format: "%@ %.3f", source.rawValue, $0) }
            }
            return String(
                format: "  rollout     step %d, rewards %@, advantage %+.2f, %@: %@", rollout.step,
                rewards.joined(separator: " "), rollout.advantage, rollout.outcome.rawValue,
                oneLine(rollout.text))
        }
    }

    private func features(of user: Int32, _ users: [User]) throws -> [String] {
        guard let texts = try run.finished(Steps.reasoning)?.answers.read(),
            let snapshots = try run.finished(Steps.features)?.snapshots()
        else { return [] }
        return try snapshots.enumerated().flatMap { place, snapshot -> [String] in
            let answer = place * users.count + Int(user)
            guard texts.indices.contains(answer), snapshot.features.indices.contains(Int(user)) else {
                throw RunError.record(
                    id: "user \(user)", message: "has no features in snapshot \(place); make stage 4 again")
            }
            let own = snapshot.features[Int(user)]
            let moment = snapshot.time.map {
                ["  as of       \(Date(timeIntervalSince1970: Double($0)).formatted(.iso8601))"]
            }
            return (moment ?? []) + [
                "  stage 4     \(oneLine(texts[answer].text))",
                "  codes       \(own.codes.map(String.init).joined(separator: " "))",
            ]
                + zip(own.similarUsers, own.similarities).map {
                    String(format: "  similar     user %@, cosine %.3f", users[Int($0)].id, $1)
                }
        }
    }

    private func oneLine(_ text: String) -> String { collapsingWhitespace(text) }
}
