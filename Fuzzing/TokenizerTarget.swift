// libFuzzer target: a tokenizer.json, and a round trip through the tokenizer it gives. Built by
// Scripts/fuzz.sh with the sources it needs.
import Foundation

/// One input. A trap is a failure, as is an error of another kind than the module's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTokenizer(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let json = Data(bytes: start, count: count)
    do {
        let tokenizer = try ByteLevelBPETokenizer(json: json, path: "fuzz")
        _ = try tokenizer.decode(tokenizer.encode("the 12 é<|im_end|>\n \u{301}"))
    } catch is TokenizationError {
        return 0
    } catch {
        preconditionFailure("another error: \(error)")
    }
    return 0
}
