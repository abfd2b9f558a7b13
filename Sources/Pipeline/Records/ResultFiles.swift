/// Names of what a finished run, or a reproduction, comes to.
public enum ResultFiles {
    /// The sections of tables and figures, in a run's folder.
    public static let results = "results.json"
}
