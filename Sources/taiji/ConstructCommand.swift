import ArgumentParser
import DataConstruction
import Foundation
import Pipeline
import RemoteModels

struct ConstructCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "construct",
        abstract: "Stage 1: users, items, behaviours, prompts and the teacher's reasoning (section 2.1).",
        discussion: """
            Example: taiji construct --config Configs/demo.yaml --run runs/demo
            Where this machine may not call a teacher's server, its requests go through files in OpenAI's
                batch \
            format:
            taiji construct --config my.yaml --run runs/my --write-requests requests.jsonl
            taiji construct --config my.yaml --run runs/my --read-answers answers.jsonl
            """)

    @OptionGroup var options: RunOptions

    @Option(
        help: ArgumentHelp(
            "Write the teacher's requests that have no answer yet to a file, and stop.", valueName: "file"))
    var writeRequests: String?

    @Option(
        help: ArgumentHelp(
            "Take the teacher's answers from a file; lines may be in any order, and some may be missing.",
            valueName: "file"))
    var readAnswers: [String] = []

    func run() throws {
        let run = try options.prepare()
        let endpoint = run.configuration.construct.teacher.endpoint
        guard endpoint.isUsed || (writeRequests == nil && readAnswers.isEmpty) else {
            throw ValidationError(
                "construct.teacher.endpoint.model is empty; set it to the teacher's name, which every "
                    + "request "
                    + "has")
        }
        for file in readAnswers {
            run.progress.note(try run.readAnswers(URL(filePath: file), to: .teacher, endpoint))
        }
        let unanswered: RemoteModel.Unanswered =
            if let writeRequests {
                .written(URL(filePath: writeRequests))
            } else {
                readAnswers.isEmpty ? .asked : .refused
            }
        do { try DataConstructionStage.perform(run, unanswered: unanswered) } catch let error
            as RemoteModelError
        {
            // What the user asked for is no failure.
            guard case .requestsWritten = error, writeRequests != nil else { throw error }
            run.progress.note("\(error)")
        }
    }
}
