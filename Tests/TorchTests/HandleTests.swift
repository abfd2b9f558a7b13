import Foundation
import ModelFiles
import TestSupport
import Testing
import Torch

@Suite struct HandleTests {
    /// In a separate process, because other suites make tensors at the same time.
    @Test("every handle is freed, also after errors and gradients")
    func everyHandleIsFreed() async {
        await #expect(processExitsWith: .success) {
            try HandleTests.work()
            let before = Tensor.liveCount
            for _ in 0..<3 { try HandleTests.work() }
            #expect(Tensor.liveCount == before)
            let kept = try Tensor.zeros([1])
            #expect(Tensor.liveCount == before + 1)
            #expect(kept.count == 1)
        }
    }

    private static func work() throws {
        let x = try Tensor.from([1, 2, 3, 4] as [Float], shape: [2, 2])
        try x.setRequiresGrad(true)
        let loss = try (x.matmul(x).gelu() + x).logSoftmax(axis: -1).slice(0, 0..<1).sum()
        try loss.backward()
        _ = try x.gradient?.elements(Float.self)
        try x.setGradient(nil)
        _ = try Tensor.concatenated([x, x], axis: 0)
        _ = try? x + Tensor.zeros([7])
        _ = try? Tensor.concatenated([x, Tensor.zeros([7])], axis: 0)
        _ = try? withoutGrad { try x.reshaped(5) }
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "x.safetensors")
            try SafetensorsFile.write([("x", x)], to: file)
            _ = try SafetensorsFile(file).tensor("x")
        }
    }
}
