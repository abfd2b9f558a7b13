import Testing

/// The shim of a program without FAISS has every call of the other one.
@Suite struct AbsentShimTests {
    @Test("A build without FAISS defines each function of the shim's header, and only those")
    func everyCallIsDefined() throws {
        let header = Self.names(in: try SourceTree.text("Sources/CFaiss/include/CFaiss.h"))
        #expect(header.count > 20)
        #expect(Self.names(in: try SourceTree.text("Sources/CFaiss/Absent.cpp")) == header)
    }

    /// Names of functions that a line declares or defines.
    private static func names(in source: String) -> [String] {
        source.split(separator: "\n").compactMap { line in
            line.hasPrefix("//") ? nil : line.firstMatch(of: #/\b(cf_[a-z_]+)\(/#).map { String($0.1) }
        }.sorted()
    }
}
