extension [String: String] {
    /// These inputs of a step with one more.
    public func adding(_ name: String, _ digest: String) -> [String: String] {
        merging([name: digest]) { _, new in new }
    }
}
