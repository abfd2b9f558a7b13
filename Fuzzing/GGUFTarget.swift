// libFuzzer target: the header of a GGUF file, and the numbers of its tensors. Built by Scripts/fuzz.sh
// with the sources it needs.

/// Takes the place of the real type, which maps a file; the header's types are nested in it.
public struct GGUFFile {}

/// One input. A trap is a failure, as is an error of another kind than the module's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGGUF(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    do {
        let header = try GGUFHeader(bytes, path: "fuzz")
        for (name, info) in header.tensors {
            precondition(info.bytes.upperBound <= count, name)
            let numbers = info.shape.reduce(1, *)
            precondition(numbers / info.type.blockSize * info.type.blockBytes == info.bytes.count, name)
            withUnsafeTemporaryAllocation(of: Float.self, capacity: numbers) {
                dequantize(UnsafeRawBufferPointer(rebasing: bytes[info.bytes]), as: info.type, into: $0)
            }
        }
    } catch is ModelFileError {
        return 0
    } catch {
        preconditionFailure("another error: \(error)")
    }
    return 0
}
