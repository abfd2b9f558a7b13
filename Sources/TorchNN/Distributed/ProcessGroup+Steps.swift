public import Pipeline

extension ProcessGroup {
    /// Makes a step of a run with every process, unless it is done: the first one keeps the run's books, and
    /// all of them work in the folder of the unfinished step.
    ///
    /// - Parameter body: what every process does, in the same folder.
    /// - Throws: as `Run.make`.
    @discardableResult
    public func make<Output>(
        _ step: Step<Output>, in run: Run, _ body: (Output) throws -> Void
    ) throws -> Output {
        if isFirst {
            var isDone = true
            try run.make(step) { output in
                isDone = false
                _ = try sum([1])
                try body(output)
            }
            if isDone { _ = try sum([0]) }
        } else if try sum([0], patience: .infinity)[0] == 1 {
            try body(Output(folder: run.directory.workFolder(step.declaration)))
        }
        return Output(folder: run.directory.folder(step.declaration))
    }

    /// Makes a step of a run with the first process alone, while the others wait, however long it takes.
    @discardableResult
    public func makeAlone<Output>(
        _ step: Step<Output>, in run: Run, _ body: (Output) throws -> Void
    ) throws -> Output {
        if isFirst { try run.make(step, body) }
        try meet(patience: .infinity)
        return Output(folder: run.directory.folder(step.declaration))
    }
}
