import ArgumentParser
import Foundation
import Pipeline
import Torch
import Workflow

struct DeviceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "The devices that were found, and which of them a run can use.",
        discussion: """
            Examples:
              taiji device
              taiji device cuda    # status 1 and the reason where a run cannot use it
            A run computes on the processor unless the setting `device`, or the option --device of a tool,
            says otherwise.
            """)

    @Argument(help: "The device that must be there: cpu, cuda or mps.")
    var device: ComputeDevice?

    func run() throws {
        for found in Device.allCases {
            let state = found.missing.map { "not usable: \($0)" } ?? "usable"
            print("\(found.rawValue)\t\(state)")
            if found == .cpu {
                print("\t\(ProcessInfo.processInfo.activeProcessorCount) processors; kernels: \(kernels)")
                print("\t\(try productRates())")
            }
            if found == .cuda {
                for gpu in GPU.all {
                    print("\t\(gpu.name), \(gpu.memory >> 20) MiB, compute capability \(gpu.capability)")
                }
            }
        }
        print("A run uses cpu unless `device` says otherwise.")
        guard let device, let reason = Device(rawValue: device.rawValue)?.missing else { return }
        try FileHandle.standardError.write(contentsOf: Data("Error: \(reason)\n".utf8))
        throw ExitCode.failure
    }

    /// What training multiplies at. A processor may have instructions for bfloat16 and be slower with it.
    private func productRates() throws -> String {
        let types: [(ProductType, ElementType?)] = [(.float32, nil), (.bfloat16, .bfloat16)]
        let rates = try types.map { type, element in
            "\(type.rawValue) \(Int(try ProductRate.measured(element) / 1e9)) GFLOP/s"
        }
        return "products of training (productType): " + rates.joined(separator: ", ")
    }

    private var kernels: String {
        "\(TorchRuntime.kernelInstructionSet) (Taiji's), \(TorchRuntime.libtorchInstructionSet) (libtorch's)"
    }
}
