import Foundation
import TestSupport
import Testing
import Torch
import TorchNN

@testable import LanguageModels

/// The code path of devices other than the CPU, run on the CPU.
@Suite struct DeviceTests {
    private static let groups = [
        (prompt: [1, 5, 9, 3, 7] as [Int32], continuations: [[4, 8, 2], [6, 2]] as [[Int32]]),
        (prompt: [2, 3], continuations: [[9, 9, 9, 4]]),
    ]

    private static func batch() throws -> PackedBatch {
        PackedBatch(try groups.map { try PackedGroup(prompt: $0.prompt, continuations: $0.continuations) })
    }

    @Test(
        "without our kernels every family matches transformers, in one pass and token by token",
        arguments: GoldenModel.decoders)
    func logProbabilitiesWithoutOurKernels(name: String) throws {
        let model = try LanguageModel(folder: GoldenModel.folder(name))
        try Device.composing {
            #expect(try GoldenModel.difference(model, name) < GoldenModel.tolerance)
            let cases = try GoldenModel.cases(name)
            let found = try GoldenModel.stepwise(model.decoder, cases.map(\.inputs.ids), promptLength: 4)
            for (example, numbers) in zip(cases, found) {
                let expected = Array(example.expected.tokenLogProbabilities.dropFirst(3))
                #expect(difference(numbers, expected) < GoldenModel.tolerance, "\(example.name)")
            }
        }
    }

    @Test("without our kernels the loss and every gradient are the same", arguments: GoldenModel.decoders)
    func gradientsWithoutOurKernels(name: String) throws {
        let decoder = try LanguageModel(folder: GoldenModel.folder(name)).decoder
        let batch = try Self.batch()
        let factors = (0..<batch.counts.joined().reduce(0, +)).map { Float($0 % 3) - 0.7 }
        func run() throws -> (losses: [Double], gradients: [[Double]]) {
            try decoder.parameters.setTrainable(true)
            let fused = try decoder.weightedLogProbability(batch, factors: factors)
            let plain = try decoder.logProbabilities(batch).values.sum()
            try (fused.sum + plain).backward()
            let gradients = try decoder.parameters.takeGradients().map {
                try $0.elements(Float.self).map(Double.init)
            }
            return (try [fused.sum.item(), plain.item()], gradients)
        }
        let ours = try run()
        let composed = try Device.composing { try run() }
        #expect(difference(ours.losses, composed.losses) < 1e-4)
        for (index, name) in decoder.parameters.names.enumerated() {
            let scale = max(1, composed.gradients[index].map(abs).max() ?? 0)
            #expect(difference(ours.gradients[index], composed.gradients[index]) < 1e-5 * scale, "\(name)")
        }
    }

    @Test("a missing device is refused with the reason")
    func missingDeviceIsRefused() throws {
        #if os(Linux)
            #expect { try Device.mps.use() } throws: { "\($0)".contains("Metal") }
            if !FileManager.default.fileExists(atPath: "/dev/nvidia0") {
                #expect { try Device.cuda.use() } throws: { "\($0)".contains("device cuda") }
            }
        #endif
        let device = try Tensor.full([1], 1).device
        #expect(device == .cpu)
    }
}
