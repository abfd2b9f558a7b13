import DataConstruction
import Foundation
import LanguageModels
public import Pipeline

/// Checks what a run needs from outside before its first second of work.
public enum Preflight {
    /// Finds the model with its chat template, the encoder and the logs, and compares the encoder's width
    /// with the codes.
    ///
    /// - Throws: an error that names the file, folder or setting.
    public static func check(_ configuration: TaijiConfiguration) throws {
        try ModelLocation.template(configuration)
        _ = try DataConstructionStage.digest(ofLogs: configuration.construct.source)
        let encoderWidth = try SentenceEncoder.width(named: configuration.embedder)
        let width =
            switch configuration.rank.embedding {
            case .encoder: encoderWidth
            case .model: try ModelLocation.decoderConfiguration(of: configuration.model).width
            case .both: try encoderWidth + ModelLocation.decoderConfiguration(of: configuration.model).width
            }
        let codes = configuration.rank.codes
        guard codes.quantizer == .residual || width % codes.subQuantizers == 0 else {
            let fitting = (1...width).filter { width % $0 == 0 && $0 <= 64 }.map(String.init)
            throw ConfigurationError.invalid(
                key: "rank.codes.subQuantizers",
                message:
                    "is \(codes.subQuantizers), which does not divide the \(width) numbers of a user's "
                    + "embedding; expected one of \(fitting.joined(separator: ", "))")
        }
    }
}
