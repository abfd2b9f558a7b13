import TestSupport
import Testing
import Torch

@Suite struct TorchErrorTests {
    @Test("a refused operation is named with its shapes") func refusedOperationIsNamed() throws {
        let (a, b) = (try Tensor.zeros([2, 3]), try Tensor.zeros([4, 5]))
        let error = #expect(throws: TorchError.self) { try a.matmul(b) }
        guard case .operation(let name, let shapes, let message) = try #require(error) else {
            Issue.record("\(String(describing: error)) is no refused operation")
            return
        }
        #expect(name == "matmul")
        #expect(shapes == [[2, 3], [4, 5]])
        #expect(
            !message.isEmpty && !message.contains("\n"),
            "a message of one line, without a backtrace: \(message)")
        #expect("\(try #require(error))".contains("'matmul' of [2, 3], [4, 5]"))
    }

    @Test(
        "every kind of operation throws instead of stopping the program",
        arguments: ["add", "cat", "reshape", "index_select", "linear", "attention", "copy_", "embedding"])
    func operationsThrow(_ operation: String) throws {
        let x = try Tensor.zeros([2, 3])
        let other = try Tensor.zeros([4, 5])
        let outside = try Tensor.from([9] as [Int64], shape: [1])
        let error = #expect(throws: TorchError.self) {
            switch operation {
            case "add": _ = try x + other
            case "cat": _ = try Tensor.concatenated([x, other], axis: 0)
            case "reshape": _ = try x.reshaped(4, 2)
            case "index_select": _ = try x.selecting(outside)
            case "linear": _ = try x.linear(other)
            case "attention": _ = try Tensor.attention(queries: x, keys: x, values: x, mask: other)
            case "copy_": try x.copy(from: other)
            default: _ = try x.embedding(outside)
            }
        }
        #expect("\(try #require(error))".contains("'\(operation)' of [2, 3]"))
    }

    @Test("an error says what was expected and what was found") func errorsNameExpectedAndFound() throws {
        let x = try Tensor.zeros([2, 3])
        #expect(
            "\(try #require(throws: TorchError.self) { try x.elements(Double.self) })"
                == "elements expected float64, found float32")
        #expect(
            "\(try #require(throws: TorchError.self) { try x.item() })"
                == "item expected one element, found shape [2, 3]")
        #expect(
            "\(try #require(throws: TorchError.self) { try x.shape3 })"
                == "shape expected rank 3, found shape [2, 3]")
        #expect(
            "\(try #require(throws: TorchError.self) { try Tensor.from([1, 2] as [Float], shape: [3]) })"
                == "tensor of shape [3] expected 12 bytes of float32, found 8")
        #expect(try x.shape2 == (2, 3))
    }

    @Test("lists of unequal length are refused before the kernel reads them")
    func listsOfUnequalLengthAreRefused() throws {
        let x = try Tensor.zeros([2])
        #expect(throws: TorchError.self) {
            try Tensor.fusedAdamW(
                parameters: [x], gradients: [], firstMoments: [x], secondMoments: [x], steps: [x],
                learningRate: 1, betas: (0.9, 0.999), weightDecay: 0, epsilon: 1e-8)
        }
    }
}
