extension SentenceEncoder {
    /// D of a model folder or a fetched encoder, from its configuration alone, without its weights.
    ///
    /// - Throws: as `init(named:)` for a model that is not there or is of another kind.
    public static func width(named name: String) throws -> Int {
        guard case .folder(let url) = try ModelLocation.resolve(name) else {
            throw LanguageModelError.file(
                path: name, message: "is a GGUF file; expected a folder with a sentence encoder")
        }
        let folder = HuggingFaceFolder(url)
        return try folder.family() == "bert"
            ? folder.configuration(EncoderConfiguration.self).width : folder.decoderConfiguration().width
    }
}
