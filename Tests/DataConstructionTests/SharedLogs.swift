import DataConstruction
import Foundation
import Pipeline
import TestSupport

/// One invented shop in the shapes of many data sets, which lies beside the package where it is developed.
enum SharedLogs {
    static let folder = PackageFolder.root.deletingLastPathComponent().appending(path: "shared/logs")
    static let areThere = FileManager.default.fileExists(atPath: folder.path)

    /// What the shop has in every shape that can say it.
    struct Truth: Decodable {
        let users, items, events, purchases, views, impressions, clicks, conversions: Int
        let usersSeen, itemsSeen: Int
    }

    static func truth() throws -> Truth {
        try JSONDecoder().decode(Truth.self, from: Data(contentsOf: folder.appending(path: "truth.json")))
    }

    /// The pandas files, as a mapping.
    static let pandas = """
        construct:
          source:
            users: {files: [customers.csv], id: customer}
            items: {files: [products.csv], id: sku, title: name, categories: [department, class, subclass],
              brand: brand, price: price}
            events: {files: [events.csv], user: customer, item: sku, time: ts, kind: action,
              kinds: {view: view, buy: purchase}, quantity: qty, value: amount, basket: order}
        """

    /// The Spark files, with the items that the pandas files describe.
    static let spark = """
        construct:
          source:
            items: {files: [../pandas/products.csv], id: sku, title: name,
              categories: [department, class, subclass], price: price}
            impressions: {files: [ads], time: shown_at, click: clicked, conversion: purchased,
              request: request_id, context: {slot: slot}}
        """

    /// The broken files: the pandas shape in seconds.
    static let broken = """
        construct:
          source:
            items: {files: [products.csv], id: sku, title: name, categories: [department, class, subclass],
              price: price}
            events: {files: [events.csv], user: customer, item: sku, time: ts, unit: s, kind: action,
              kinds: {view: view, buy: purchase}, quantity: qty, value: amount}
        """

    /// A mapping over the files of a folder.
    ///
    /// - Parameter settings: as `--set` takes them.
    static func configuration(
        mapping: String, of name: String, settings: [String] = []
    ) throws -> TaijiConfiguration {
        try withTemporaryFolder { temporary in
            let file = temporary.appending(path: "mapping.yaml")
            try Data(mapping.utf8).write(to: file)
            let place = "construct.source.folder=\(folder.appending(path: name).path)"
            return try ConfigurationReader.read(file, settings: [place] + settings)
        }
    }

    /// A mapping that comes with the program.
    static func preset(_ preset: String, of name: String, settings: [String] = []) throws
        -> TaijiConfiguration
    {
        try ConfigurationReader.read(
            PackageFolder.root.appending(path: "Configs/sources/\(preset).yaml"),
            settings: ["construct.source.folder=\(folder.appending(path: name).path)"] + settings)
    }

    static func report(_ configuration: TaijiConfiguration) throws -> SourceReport {
        try SourceCheck(configuration.construct, seed: 7, threads: 2).report()
    }
}
