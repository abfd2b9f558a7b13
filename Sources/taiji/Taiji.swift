import ArgumentParser

/// The program: one subcommand a file.
@main
struct Taiji: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "taiji",
        abstract: "From a recommender's logs to a ranking model that reads a language model's features.",
        discussion: """
            A run goes through four stages, each of which is a command of its own:
              construct    users, items, behaviours, prompts and the teacher's reasoning (section 2.1)
              activate     rejection sampling by perplexity and fine-tuning (section 2.2)
              collaborate  reinforcement learning with adaptive reward weights (section 2.3)
              rank         codes, similar users and the enhanced ranker (section 2.4)
            """,
        // Asks libtorch for its devices, so only where it is shown.
        version: CommandLine.arguments.contains("--version") ? VersionText.text : VersionText.version,
        subcommands: [
            RunCommand.self, InitCommand.self, CheckCommand.self,
            ConstructCommand.self, ActivateCommand.self,
            CollaborateCommand.self,
            RankCommand.self, RankFileCommand.self, ConfigCommand.self,
            EvaluateCommand.self, InspectCommand.self, TokenizeCommand.self, ScoreCommand.self,
            GenerateCommand.self, EmbedCommand.self, ExportCommand.self,
            ExperimentCommand.self, ReportCommand.self, ServeCommand.self, ReplayCommand.self,
            DeviceCommand.self, MemoryCommand.self,
        ])
}
