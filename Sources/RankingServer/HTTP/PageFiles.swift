import Foundation

/// The page's files, as they are beside the program.
enum PageFiles {
    struct File: Sendable {
        let bytes: [UInt8]
        let type: String
    }

    private static let names = [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/page.js", "page.js", "text/javascript; charset=utf-8"),
        ("/page.css", "page.css", "text/css; charset=utf-8"),
    ]

    static let all: [(String, File)] = names.compactMap { path, name, type in
        guard let url = Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Page"),
            let data = try? Data(contentsOf: url)
        else { return nil }
        return (path, File(bytes: Array(data), type: type))
    }
}
