import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct SHA256Tests {
    /// Examples of FIPS 180 (the third: 448 bits, padding in a block of its own).
    @Test(
        "short messages have their published digests",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func shortMessagesHaveTheirPublishedDigests(message: String, digest: String) {
        #expect(SHA256Digest.hex(Data(message.utf8)) == digest)
    }

    @Test("a million a's have their published digest, in memory, in parts and from a file")
    func longMessageHasItsPublishedDigest() throws {
        let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        let message = Data(repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(SHA256Digest.hex(message) == digest)
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "a.txt")
            try message.write(to: file)
            #expect(try SHA256Digest.hex(ofFile: file) == digest)
        }
        #expect(throws: (any Error).self) { try SHA256Digest.hex(ofFile: URL(filePath: "/no/such/file")) }
    }

    @Test("the digest does not depend on how the bytes are split", arguments: 0..<20)
    func digestIgnoresTheSplit(seed: Int) {
        var random = TestRandom(seed: seed)
        let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        var digest = SHA256Digest()
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(Int.random(in: 0...130, using: &random)))
            part.withUnsafeBytes { digest.update($0) }
            rest = rest.dropFirst(part.count)
        }
        #expect(digest.finish() == SHA256Digest.hex(Data(bytes)), "seed \(seed)")
    }
}
