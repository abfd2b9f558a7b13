public import Pipeline

/// Where events, features and the work that they cause are kept. What a call acknowledges is durable.
public protocol ServingStore: AnyObject, Sendable {
    /// The address without secrets, for messages.
    var place: String { get }

    /// Keeps events; users with a new behaviour become stale in every version.
    ///
    /// - Parameter marksStale: whether an event is part of histories.
    /// - Returns: which of them were new.
    /// - Throws: `ServerError.busy` where too many wait; `ServerError.store`.
    func append(_ events: [LiveEvent], marksStale: @escaping @Sendable (LiveEvent) -> Bool) async throws
        -> [Bool]

    /// A user's newest events and the features of a version.
    func user(_ id: String, version: String) async throws -> StoredUser

    /// A request asked for a user: they count as active, and are reasoned about first where they are stale.
    ///
    /// - Parameter isStale: whether the request found features that miss behaviours.
    func requested(_ user: String, version: String, isStale: Bool) async throws

    /// Takes stale users to reason about, the most important first.
    func claim(version: String, atMost count: Int) async throws -> [Claim]

    /// Replaces a user's features in one step, and with them the claim.
    ///
    /// - Parameter embedding: of unit length.
    func finish(_ claim: Claim, _ features: LiveFeatures, embedding: [Float]) async throws

    /// Gives a claim back after a failure; after too many, the user is given up until a new event.
    func fail(_ claim: Claim, message: String) async throws

    /// Says that claims are still worked on, so that no other worker takes them over.
    func renew(_ claims: [Claim]) async throws

    /// Gives claims back that nobody worked on.
    func release(_ claims: [Claim]) async throws

    /// Features that a run made for all its users, kept unless the store has the user's already.
    func importFeatures(_ features: [LiveFeatures]) async throws

    /// Calls its argument with every embedding of a version that the store has.
    func forEachEmbedding(version: String, _ body: (String, [Float]) throws -> Void) async throws

    /// Features that were written since a place in their order, for indexes of other processes.
    func embeddings(version: String, after place: String) async throws -> (
        rows: [(String, [Float])], place: String
    )

    /// Adds or changes items.
    func put(_ items: [Item]) async throws

    /// Items that were put since a change.
    func items(after change: Int64) async throws -> (items: [Item], change: Int64)

    /// Adds a version; one that is known stays as it is.
    func register(_ version: VersionRecord) async throws

    /// All versions.
    func versions() async throws -> [VersionRecord]

    /// The version that answers.
    func activeVersion() async throws -> String?

    /// Changes the version that answers.
    func activate(_ version: String) async throws

    /// Active users, and how many of them have features of a version.
    func coverage(version: String) async throws -> (active: Int, covered: Int)

    /// Marks active users without features of a version as stale in it.
    func prepare(version: String) async throws

    /// How much work waits.
    func work(version: String) async throws -> WorkStatus

    /// Events with a greater place, in their order, for the next run.
    func events(after position: Int64, atMost count: Int) async throws -> [LiveEvent]

    /// Whether the store can be read and written now.
    func check() async throws

    /// Ends what is open.
    func close() async
}
