/// What the source data or the splits got wrong.
public enum DataConstructionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file of the source is not there.
    case missingSource(path: String)
    /// The configuration names no logs.
    case noSource
    /// No file has a name or pattern of the configuration.
    case missingFiles(path: String, setting: String)
    /// The files of a source have faults that would spoil a run.
    case faults([SourceFault])
    /// The script of a user's own source is not there.
    case missingScript(path: String)
    /// A bundled statement file is not beside the program.
    case missingStatements(name: String)
    /// A split has nothing in it.
    case emptySplit(name: String, advice: String)
    /// A sample's target is not after its history.
    case targetBeforeHistory(sample: String)

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .missingSource(let path):
            "\(path) is missing; run `make setup`, or set construct.source.folder to the folder of the "
                + "files"
        case .noSource:
            "construct.source names no logs; map your files there (`taiji init FOLDER` begins that), or "
                + "include one "
                + "of Configs/sources"
        case .missingFiles(let path, let setting):
            "no file is called \(path); set \(setting) to files, a glob or a folder"
        case .faults(let faults):
            faults.map(\.description).joined(separator: "\n")
                + "\n`taiji check` prints all that it finds in the files"
        case .missingScript(let path):
            "\(path) is missing or is no text; set construct.source.script to the SQL that makes the source "
                + "relations"
        case .missingStatements(let name):
            "\(name).sql is not beside the program; build it again with `make build`"
        case .emptySplit(let name, let advice): "the split '\(name)' is empty; \(advice)"
        case .targetBeforeHistory(let sample):
            "sample '\(sample)': the target's visit is not after its history"
        }
    }
}
