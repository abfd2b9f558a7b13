import Foundation

/// Shows how far long work is: a bar with rate and time left on a terminal, plain lines elsewhere. Writes to
/// standard error.
public final class RunProgress {
    private let isTerminal = isatty(2) == 1
    private var title = ""
    private var total = 0
    private var started = Date()
    private var shown = Date.distantPast

    private let isSilent: Bool

    /// One for a run.
    ///
    /// - Parameter isSilent: writes nothing, such as in all processes but the first.
    public init(isSilent: Bool = false) { self.isSilent = isSilent }

    /// A line that stays, such as a step's result.
    public func note(_ text: String) {
        clear()
        write(text + "\n")
    }

    /// Begins a piece of work of `total` units.
    public func begin(_ title: String, total: Int) {
        self.title = title
        self.total = total
        started = Date()
        shown = .distantPast
        if !isTerminal { write("  \(title) …\n") }
    }

    /// Tells how many units are done.
    public func update(_ done: Int, detail: String = "") {
        let interval = isTerminal ? 0.1 : 15
        guard Date().timeIntervalSince(shown) >= interval, done > 0 else { return }
        // The first plain line comes after one interval, not at once.
        if !isTerminal, shown == .distantPast, Date().timeIntervalSince(started) < interval { return }
        shown = Date()
        let elapsed = shown.timeIntervalSince(started)
        let left = elapsed / Double(done) * Double(max(0, total - done))
        let figures = "\(done)/\(total)  \(rate(Double(done) / elapsed))/s  \(Self.clock(left)) left"
        if isTerminal {
            let width = 24
            let filled = total > 0 ? min(width, done * width / total) : 0
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            write("\r\u{1B}[K  \(title) \(bar) \(figures) \(detail)")
        } else {
            write("  \(title) \(figures) \(detail)\n")
        }
    }

    /// Ends the piece of work.
    public func end(_ result: String = "") {
        clear()
        let time = Self.clock(Date().timeIntervalSince(started))
        write("  \(title): \(result.isEmpty ? "done" : result) (\(time))\n")
    }

    private func clear() { if isTerminal { write("\r\u{1B}[K") } }

    private func write(_ text: String) { if !isSilent { FileHandle.standardError.write(Data(text.utf8)) } }

    private func rate(_ perSecond: Double) -> String {
        perSecond >= 10 ? "\(Int(perSecond.rounded()))" : String(format: "%.2f", perSecond)
    }

    /// Minutes and seconds.
    public static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
    }
}
