import ArgumentParser
import CommandOptions
import Foundation
import LanguageModels
import Torch

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a model for other programs: a GGUF file, or a Hugging Face folder.",
        discussion: """
            Examples:
              taiji export --model runs/demo/3-collaborate/checkpoint --gguf taiji.gguf --type q8_0
              taiji export --model smollm2 --folder smollm2-folder --type bf16
            llama.cpp loads the file, transformers and servers built on it load the folder.
            """)

    enum NumberType: String, ExpressibleByArgument, CaseIterable {
        case f32, bf16, f16, q8_0

        var gguf: GGUFExportType? { GGUFExportType(rawValue: rawValue) }

        var folder: ElementType? {
            switch self {
            case .f32: .float32
            case .bf16: .bfloat16
            case .f16: .float16
            case .q8_0: nil
            }
        }
    }

    @Option(help: "A GGUF file, a model folder, or smollm2.")
    var model = "smollm2"

    @Option(help: "The GGUF file to write.")
    var gguf: String?

    @Option(help: "The folder to write; new or empty.")
    var folder: String?

    @Option(
        help:
            "Of a GGUF file f32, f16 or q8_0 (f32 if not given); of a folder f32, bf16 or f16 (the model's own)."
    )
    var type: NumberType?

    @OptionGroup var engine: EngineOptions

    func validate() throws {
        guard (gguf == nil) != (folder == nil) else {
            throw ValidationError("expected one of --gguf FILE and --folder DIR")
        }
        if let type, gguf != nil, type.gguf == nil {
            throw ValidationError("a GGUF file is written as f32, f16 or q8_0, not as \(type.rawValue)")
        }
        if let type, folder != nil, type.folder == nil {
            throw ValidationError("a folder is written as f32, bf16 or f16, not as \(type.rawValue)")
        }
    }

    func run() throws {
        try engine.prepare()
        let model = try LanguageModel(model, precision: .stored)
        if let gguf { try model.writeGGUF(to: URL(filePath: gguf), type: type?.gguf ?? .f32) }
        if let folder { try model.writeFolder(to: URL(filePath: folder), type: type?.folder) }
    }
}
