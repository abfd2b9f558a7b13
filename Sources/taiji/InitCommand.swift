import ArgumentParser
import DataConstruction
import Foundation

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Looks at your files and writes a commented configuration that maps them.",
        discussion: """
            Example: taiji init exports/ > my.yaml && taiji check --config my.yaml
            Every choice says why it was made. Nothing is read but names of files and columns and the first
                rows.
            """)

    @Argument(help: "Folders with the files.")
    var folders: [String]

    @Option(help: "Threads of the queries.")
    var threads = 2

    func run() throws {
        print(
            try SourceGuess(folders.map { URL(filePath: $0) }, threads: threads).yaml, terminator: "")
    }
}
