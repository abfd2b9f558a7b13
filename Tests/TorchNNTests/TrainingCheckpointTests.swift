import Foundation
import ModelFiles
import TestSupport
import Testing
import Torch
import TorchNN

/// A network of two layers that learns to multiply by a matrix; float32 like the models.
private final class Training {
    let parameters: Parameters
    let optimizer: AdamW
    var generator = TestRandom(seed: 3)

    init() throws {
        var random = TestRandom(seed: 1)
        var parameters = Parameters()
        for (name, shape) in [("first", [8, 4]), ("second", [4, 8])] {
            let values = random.values(shape.reduce(1, *)).map(Float.init)
            parameters.append(name, try Tensor.from(values, shape: shape))
        }
        try parameters.setTrainable(true)
        self.parameters = parameters
        optimizer = try AdamW(parameters, configuration: AdamWConfiguration())
    }

    func run(_ steps: Range<Int>) throws {
        for step in steps {
            var random = TestRandom(seed: 100 + step)
            let x = try Tensor.from(random.values(12).map(Float.init), shape: [3, 4])
            let y = try x.linear(parameters.tensors[0]).gelu().linear(parameters.tensors[1])
            let error = try y - x
            try (error * error).mean().backward()
            _ = try optimizer.step(learningRate: 0.01)
        }
    }

    var bytes: [[UInt8]] {
        get throws {
            try (parameters.tensors + optimizer.state().map(\.tensor)).map { try $0.withBytes { Array($0) } }
        }
    }
}

@Suite struct TrainingCheckpointTests {
    private struct State: Codable, Sendable, Equatable { var note: String }

    @Test("resumed training has the bytes of uninterrupted training")
    func resumedTrainingHasTheSameBytes() throws {
        let whole = try Training()
        try whole.run(0..<6)
        try withTemporaryFolder { folder in
            let checkpoint = TrainingCheckpoint<State>(folder)
            let killed = try Training()
            try killed.run(0..<3)
            try checkpoint.save(
                step: 3, parameters: killed.parameters, optimizer: killed.optimizer,
                state: State(note: "three"))
            try killed.run(3..<5)  // lost

            let resumed = try Training()
            let restored = try #require(
                try checkpoint.restore(parameters: resumed.parameters, optimizer: resumed.optimizer))
            #expect(restored.step == 3)
            #expect(restored.state == State(note: "three"))
            try resumed.run(3..<6)
            #expect(try resumed.bytes == whole.bytes)
            #expect(try killed.bytes != whole.bytes)
        }
    }

    @Test("only the newest save is kept, and an unfinished one is ignored")
    func onlyTheNewestSaveIsKept() throws {
        try withTemporaryFolder { folder in
            let checkpoint = TrainingCheckpoint<State>(folder.appending(path: "training"))
            let training = try Training()
            #expect(
                try checkpoint.restore(parameters: training.parameters, optimizer: training.optimizer) == nil)
            for step in [2, 9, 10] {
                try checkpoint.save(
                    step: step, parameters: training.parameters, optimizer: training.optimizer,
                    state: State(note: "\(step)"))
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/training")
            #expect(names == ["checkpoint-10"])
            try FileManager.default.createDirectory(
                at: folder.appending(path: "training/.checkpoint.partial"), withIntermediateDirectories: false
            )
            let restored = try checkpoint.restore(
                parameters: training.parameters, optimizer: training.optimizer)
            #expect(restored?.state.note == "10")
            try checkpoint.removeAll()
            #expect(
                try checkpoint.restore(parameters: training.parameters, optimizer: training.optimizer) == nil)
        }
    }

    @Test("the newest of several saves is chosen by number, not by name")
    func newestSaveIsChosenByNumber() throws {
        try withTemporaryFolder { folder in
            let checkpoint = TrainingCheckpoint<State>(folder)
            let training = try Training()
            try checkpoint.save(
                step: 9, parameters: training.parameters, optimizer: training.optimizer,
                state: State(note: "9"))
            try FileManager.default.copyItem(
                at: folder.appending(path: "checkpoint-9"), to: folder.appending(path: "checkpoint-10"))
            let restored = try checkpoint.restore(
                parameters: training.parameters, optimizer: training.optimizer)
            #expect(restored?.step == 10)
        }
    }

    @Test("a checkpoint that lacks a parameter is refused, and the parameter is named")
    func missingParameterIsNamed() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "model.safetensors")
            let training = try Training()
            try SafetensorsFile.write([("first", training.parameters.tensors[0])], to: url)
            let error = try #require(throws: ModelFileError.self) {
                try training.parameters.load(from: SafetensorsFile(url))
            }
            #expect("\(error)".contains("has no tensor 'second'"))
        }
    }

    @Test("switching training off drops the gradients") func switchingTrainingOffDropsGradients() throws {
        let training = try Training()
        try training.parameters.tensors[0].sum().backward()
        #expect(try training.parameters.tensors[0].gradient != nil)
        #expect(try training.parameters.gradients()[1].sum().item() == 0)
        try training.parameters.setTrainable(false)
        #expect(try training.parameters.tensors[0].gradient == nil)
        #expect(!training.parameters.tensors[0].requiresGrad)
        #expect(training.parameters.elementCount == 64)
        #expect(training.parameters.named(prefix: "m.").map(\.name) == ["m.first", "m.second"])
    }
}
