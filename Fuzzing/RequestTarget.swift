// libFuzzer target: the bodies that a ranking service takes. Built by Scripts/fuzz.sh with the sources it
// needs.

/// One input, read as every kind of body. A trap is a failure, as is an error of another kind than a
/// problem, and
/// an answer that is no JSON.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequest(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    let forms = RequestForms(settings: ServeConfiguration())
    let readers: [() throws -> Void] = [
        {
            for event in try forms.events(bytes, now: 0) {
                precondition((1...256).contains(event.id.utf8.count))
                precondition(event.value.isFinite && event.quantity > 0)
            }
        },
        {
            let request = try forms.rank(bytes, columns: ["slot"], now: 0)
            precondition(request.candidates.allSatisfy { ($0.bid ?? 0) >= 0 && !$0.item.isEmpty })
        },
        {
            let items = try forms.items(bytes)
            precondition(items.allSatisfy { $0.categories.count <= 20 })
        },
        { _ = try forms.version(bytes) },
        { _ = try forms.activation(bytes) },
    ]
    for read in readers {
        do { try read() } catch let problem as Problem {
            let answer = problem.json.bytes
            answer.withUnsafeBytes { text in
                do { _ = try JSONNode(parsing: text) } catch { preconditionFailure("the answer is no JSON: "
                    + "\(error)") }
            }
            precondition((400..<500).contains(problem.status))
        } catch {
            preconditionFailure("another error: \(error)")
        }
    }
    return 0
}
