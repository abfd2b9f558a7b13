public import ModelFiles
public import Torch

extension GGUFFile {
    /// One tensor. F32, F16 and BF16 tensors lie over the mapped file and keep their type; the others are
    /// dequantized to float32.
    ///
    /// Writing to a tensor over the file changes this process's copy and not the file.
    ///
    /// - Parameter arena: where a dequantized tensor is put; nil for memory of its own.
    /// - Throws: `ModelFileError` naming the tensor when it is not there.
    public func tensor(_ name: String, in arena: TensorArena? = nil) throws -> Tensor {
        let info = try info(name)
        let plain: ElementType? =
            switch info.type {
            case .f32: .float32
            case .f16: .float16
            case .bf16: .bfloat16
            default: nil
            }
        if let plain {
            return try Tensor.borrowing(
                UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[info.bytes]), type: plain,
                shape: info.shape, owner: mapping)
        }
        defer { mapping.forget(info.bytes) }
        let fill = { [self] (memory: UnsafeMutableRawBufferPointer) in
            dequantize(stored(info), as: info.type, into: memory.bindMemory(to: Float.self))
        }
        return try arena?.tensor(info.shape, type: .float32, by: fill)
            ?? Tensor.filled(info.shape, type: .float32, by: fill)
    }
}
