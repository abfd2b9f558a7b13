import ArgumentParser
import Foundation

/// The program with the server packages, which stands beside this one.
enum ServiceProgram {
    /// Takes this process's place, so that signals reach it.
    ///
    /// - Throws: `ValidationError` where it is not built.
    static func become(_ command: String, _ arguments: [String]) throws {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = own.deletingLastPathComponent().appending(path: "taiji-serve")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw ValidationError(
                "\(program.path) is missing; build it with `make serve`, or with "
                    + "`swift build -c release --product taiji-serve`")
        }
        let all = [program.path, command] + arguments
        var pointers = all.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        execv(program.path, pointers)
        throw ValidationError("\(program.path) cannot be started (\(String(cString: strerror(errno))))")
    }
}
