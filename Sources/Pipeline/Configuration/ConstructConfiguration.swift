/// placeholder
public struct ConstructConfiguration: Codable, Sendable, Equatable { 
    /// x
    public init() {} }
