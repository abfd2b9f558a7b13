// libFuzzer target: the header of a safetensors file. Built by Scripts/fuzz.sh with the sources it needs.

/// One input. A trap is a failure, as is an error of another kind than the module's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSafetensors(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    do {
        let header = try SafetensorsHeader(bytes, path: "fuzz")
        for (name, entry) in header.entries {
            let needed = entry.shape.reduce(entry.type.byteCount, *)
            precondition(entry.bytes.upperBound <= count && entry.bytes.count == needed, name)
        }
    } catch is ModelFileError {
        return 0
    } catch {
        preconditionFailure("another error: \(error)")
    }
    return 0
}
