import Foundation

/// How the states of a text's tokens become one vector.
enum Pooling: String, Sendable {
    /// Their mean.
    case mean
    /// The first, of BERT's `[CLS]`.
    case first
    /// The last, of the end token that is appended.
    case last
}

/// What sentence-transformers says about an encoder's folder, beside config.json.
struct EncoderModules {
    /// The pooling, if the folder says one.
    let pooling: Pooling?
    /// Written before a text that comes without an instruction.
    let defaultPrompt: String
    /// Longest sequence, if the folder says one. A tokenizer.json may say less and is not asked.
    let maximumLength: Int?

    /// - Throws: `LanguageModelError.file` naming a module or a pooling that is not supported.
    init(_ folder: HuggingFaceFolder) throws {
        let modules = try folder.ifPresent("modules.json", as: [Module].self) ?? []
        let kinds = modules.map { String($0.type.split(separator: ".").last ?? "") }
        if let other = kinds.first(where: { !["Transformer", "Pooling", "Normalize"].contains($0) }) {
            throw LanguageModelError.file(
                path: folder.url.appending(path: "modules.json").path,
                message: "has a module '\(other)'; expected Transformer, Pooling and Normalize")
        }
        let pooled = zip(modules, kinds).first { $0.1 == "Pooling" }
        pooling = try pooled.map { try Self.pooling(folder, "\($0.0.path)/config.json") }
        let prompts = try folder.ifPresent("config_sentence_transformers.json", as: Prompts.self)
        defaultPrompt = prompts?.default_prompt_name.flatMap { prompts?.prompts?[$0] } ?? ""
        maximumLength = try folder.ifPresent("sentence_bert_config.json", as: Limits.self)?.max_seq_length
    }

    private static func pooling(_ folder: HuggingFaceFolder, _ file: String) throws -> Pooling {
        let modes: [String: PoolingValue] = try folder.ifPresent(file, as: [String: PoolingValue].self) ?? [:]
        // Older files have a truth value a mode, newer ones the name of the mode.
        let named = modes.compactMap { key, value -> String? in
            switch value {
            case .isOn(true) where key.hasPrefix("pooling_mode_"):
                String(key.dropFirst("pooling_mode_".count))
            case .name(let name) where key == "pooling_mode": name
            default: nil
            }
        }
        let known: [String: Pooling] = [
            "mean_tokens": .mean, "mean": .mean, "cls_token": .first, "cls": .first, "lasttoken": .last,
        ]
        guard named.count == 1, let pooling = known[named[0]] else {
            throw LanguageModelError.file(
                path: folder.url.appending(path: file).path,
                message: "pools by \(named.sorted()); expected one of mean_tokens, cls_token, lasttoken")
        }
        return pooling
    }

    private struct Module: Decodable { var path, type: String }
    private struct Limits: Decodable { var max_seq_length: Int? }

    private struct Prompts: Decodable {
        var prompts: [String: String]?
        var default_prompt_name: String?
    }

    private enum PoolingValue: Decodable {
        case isOn(Bool)
        case name(String)
        case other

        init(from decoder: any Swift.Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let isOn = try? container.decode(Bool.self) {
                self = .isOn(isOn)
            } else {
                self = (try? container.decode(String.self)).map(Self.name) ?? .other
            }
        }
    }
}
