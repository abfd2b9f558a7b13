import Foundation
import ModelFiles
import Torch
import TorchNN

/// A folder that has only a low-rank adapter, as PEFT writes it: adapter_config.json and
/// adapter_model.safetensors.
///
/// It is loaded as its base model with the adapter's changes added to the weights.
struct AdapterFolder {
    private let url: URL
    private let keys: Keys

    static let configurationFile = "adapter_config.json"
    private static let weightsFile = "adapter_model.safetensors"

    /// What is read of adapter_config.json.
    private struct Keys: Decodable {
        var peft_type: String?
        var base_model_name_or_path: String?
        var r: Int
        var lora_alpha: Double
        var use_rslora: Bool?
        var use_dora: Bool?
        var fan_in_fan_out: Bool?
        var bias: String?
        var modules_to_save: [String]?
        var rank_pattern: [String: Int]?
        var alpha_pattern: [String: Double]?
    }

    /// The adapter of a folder; nil where the folder has a model of its own.
    ///
    /// - Throws: `LanguageModelError.file` for an adapter of a kind that is not computed, naming it.
    init?(_ folder: HuggingFaceFolder) throws {
        let file = folder.url.appending(path: Self.configurationFile)
        guard !FileManager.default.fileExists(atPath: folder.url.appending(path: "config.json").path),
            let keys = try folder.ifPresent(Self.configurationFile, as: Keys.self)
        else { return nil }
        func require(_ condition: Bool, _ message: String) throws {
            if !condition { throw LanguageModelError.file(path: file.path, message: message) }
        }
        let kind = keys.peft_type ?? "LORA"
        try require(kind == "LORA", "is an adapter of type '\(kind)'; LORA loads")
        try require(keys.use_dora != true, "asks for use_dora, which is not supported")
        try require(keys.fan_in_fan_out != true, "asks for fan_in_fan_out, which is not supported")
        try require(
            (keys.bias ?? "none") == "none", "trains biases ('\(keys.bias ?? "")'), which is not supported")
        let saved = keys.modules_to_save ?? []
        try require(
            saved.isEmpty,
            "saves whole modules (\(saved.joined(separator: ", "))), which is not supported; merge them "
                + "with PEFT"
        )
        try require(keys.r > 0, "has rank \(keys.r); expected at least 1")
        url = folder.url
        self.keys = keys
    }

    /// The base model's folder: an absolute path, a path below the adapter's folder, or a name that
    /// `ModelLocation` finds.
    ///
    /// - Throws: `LanguageModelError.file` when it is not there or is no folder.
    func base() throws -> URL {
        guard let name = keys.base_model_name_or_path, !name.isEmpty else {
            throw LanguageModelError.file(
                path: url.appending(path: Self.configurationFile).path,
                message: "names no base model (base_model_name_or_path)")
        }
        let beside = name.hasPrefix("/") ? URL(filePath: name) : url.appending(path: name).standardizedFileURL
        let found =
            FileManager.default.fileExists(atPath: beside.path)
            ? ModelLocation.folder(beside) : try ModelLocation.resolve(name)
        guard case .folder(let folder) = found else {
            throw LanguageModelError.file(
                path: name,
                message: "is the base model of an adapter and a GGUF file; expected a model folder")
        }
        return folder
    }

    /// Adds every change to the weights of a decoder: W + (α / r) B A.
    ///
    /// - Throws: `LanguageModelError.file` naming an adapter whose weight the decoder does not have, or whose
    ///   shape does not fit.
    func merge(into decoder: Decoder) throws {
        let file = try SafetensorsFile(url.appending(path: Self.weightsFile))
        func fail(_ message: String) -> LanguageModelError {
            .file(path: url.appending(path: Self.weightsFile).path, message: message)
        }
        let weights = Dictionary(uniqueKeysWithValues: zip(decoder.weights.names, decoder.weights.tensors))
        for name in file.entries.keys.sorted() where !name.hasSuffix(".lora_B.weight") {
            guard name.hasSuffix(".lora_A.weight") else {
                throw fail("holds '\(name)'; expected lora_A and lora_B weights alone")
            }
            let module = String(name.dropLast(".lora_A.weight".count).trimmingPrefix("base_model.model."))
            guard let weight = weights["\(module).weight"] else {
                throw fail("changes '\(module)', which the base model does not have")
            }
            let up = String(name.dropLast("A.weight".count)) + "B.weight"
            guard let a = file.entries[name], let b = file.entries[up],
                [b.shape.first, a.shape.last] == [weight.shape.first, weight.shape.last],
                a.shape.count == 2, b.shape.count == 2, a.shape[0] == b.shape[1]
            else { throw fail("does not fit the base model's '\(module)' of shape \(weight.shape)") }
            try withoutGrad {
                let adapter = LowRankAdapter(
                    down: try file.tensor(name).to(.float32), up: try file.tensor(up).to(.float32),
                    scale: scale(of: module, rank: a.shape[0]))
                try weight.add(adapter.change().to(weight.elementType))
            }
        }
    }

    /// α / r, or α / √r where the adapter is rank-stabilized; of a module's own α where it has one.
    private func scale(of module: String, rank: Int) -> Double {
        let own = keys.alpha_pattern?.first { pattern, _ in
            module == pattern || module.hasSuffix(".\(pattern)")
        }?.value
        let alpha = own ?? keys.lora_alpha
        return alpha / (keys.use_rslora == true ? Double(rank).squareRoot() : Double(rank))
    }
}
