// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Where Scripts/bootstrap.sh unpacks libtorch; `LIBTORCH` names another copy (a folder with include/ and
// lib/).
let libtorch = Context.environment["LIBTORCH"] ?? "\(Context.packageDirectory)/.deps/torch"

// What `make portable` leaves out: FAISS, with the OpenBLAS that it brings, and MPI.
let hasFaiss = Context.environment["TAIJI_FAISS"] != "off"
let wantsMPI = Context.environment["TAIJI_MPI"] != "off"

// Where Debian puts Open MPI; `MPI_HOME` names another place (a folder with include/ and lib/). Without it,
// commands run in one process.
let mpiPlaces = [Context.environment["MPI_HOME"], "/usr/lib/x86_64-linux-gnu/openmpi"].compactMap { $0 }
let mpi = mpiPlaces.first { wantsMPI && FileManager.default.fileExists(atPath: "\($0)/include/mpi.h") }

// hiredis, with which the service keeps its store in Redis. Without it, SQLite is left.
let hasRedis = FileManager.default.fileExists(atPath: "/usr/include/hiredis/hiredis.h")

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-warnings-as-errors"]),
]

let torchCXXSettings: [CXXSetting] = [
    .unsafeFlags([
        "-isystem", "\(libtorch)/include", "-isystem", "\(libtorch)/include/torch/csrc/api/include",
        "-Wall", "-Wextra", "-Werror",
    ])
]

let torchLinkerSettings: [LinkerSetting] = [
    // An installed program has its libraries beside it; the build uses the fetched ones.
    .unsafeFlags([
        "-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/lib", "-Xlinker", "-rpath",
        "-Xlinker",
        "\(libtorch)/lib",
    ]),
    .linkedLibrary("torch_cpu"),
    .linkedLibrary("c10"),
]

/// A library of Taiji: Sources/<folder, or name>, with the settings that every module shares.
func module(
    _ name: String, folder: String? = nil, _ dependencies: [Target.Dependency] = [],
    resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(folder ?? name)", resources: resources,
        swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)Tests",
        exclude: exclude, swiftSettings: swiftSettings)
}

let package = Package(
    name: "Taiji",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "taiji", targets: ["taiji"]),
        .executable(name: "taiji-bench", targets: ["taiji-bench"]),
        // Brings the server packages, which neither of the others waits for.
        .executable(name: "taiji-serve", targets: ["taiji-serve"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    ],
    targets: [
        // Level 0
        .target(
            name: "CTorch", path: "Sources/CTorch", cxxSettings: torchCXXSettings,
            linkerSettings: torchLinkerSettings),
        .target(
            name: "CFaiss", path: "Sources/CFaiss", exclude: hasFaiss ? ["Absent.cpp"] : [],
            sources: hasFaiss ? nil : ["Absent.cpp"],
            cxxSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
            // libtorch comes first: it and OpenBLAS both define sgemm_, and the first in link order serves
            // the whole process. With OpenBLAS first, torch's products run on OpenBLAS's threads while its
            // own spin.
            linkerSettings: torchLinkerSettings
                + (hasFaiss ? ["faiss", "openblas", "gomp", "m"] : []).map { .linkedLibrary($0) }),
        .target(
            name: "CMPI", path: "Sources/CMPI",
            cSettings: [
                .unsafeFlags(
                    ["-Wall", "-Wextra", "-Werror"] + (mpi.map { ["-I\($0)/include", "-DTAIJI_MPI"] } ?? []))
            ],
            linkerSettings: mpi.map { [.unsafeFlags(["-L\($0)/lib"]), .linkedLibrary("mpi")] } ?? []),
        .target(
            name: "CRedis", path: "Sources/CRedis",
            cSettings: [
                .unsafeFlags(["-Wall", "-Wextra", "-Werror"] + (hasRedis ? ["-DTAIJI_REDIS"] : []))
            ],
            linkerSettings: hasRedis ? [.linkedLibrary("hiredis")] : []),
        // What `taiji --version` says of the build; `make` sets the variable.
        .target(
            name: "CBuild", path: "Sources/CBuild",
            cSettings: Context.environment["TAIJI_COMMIT"].map {
                [.define("TAIJI_COMMIT", to: "\"\($0)\"")]
            } ?? []),
        module("ModelFiles"),
        module("Pipeline", [.product(name: "Yams", package: "Yams")]),
        // Level 1
        module("Tokenization", ["ModelFiles"]),
        module("Torch", ["CTorch", "ModelFiles"]),
        module("Evaluation", ["Pipeline"]),
        module("DuckDB", ["Pipeline"]),
        // Level 2
        module("Results", ["Evaluation", "Pipeline"]),
        module("TorchNN", ["CMPI", "ModelFiles", "Pipeline", "Torch"]),
        // Level 3
        module("LanguageModels", ["ModelFiles", "Pipeline", "Tokenization", "Torch", "TorchNN"]),
        module("RankingModels", ["DuckDB", "ModelFiles", "Pipeline", "Torch", "TorchNN"]),
        module("VectorSearch", ["CFaiss", "Pipeline"]),
        // Level 4
        module("RemoteModels", ["LanguageModels", "Pipeline", "Tokenization"]),
        module(
            "Catalogue",
            ["Evaluation", "LanguageModels", "ModelFiles", "Pipeline", "RankingModels", "Torch"]),
        // Level 5: the stages, none of which imports another
        module(
            "DataConstruction", folder: "Stage1-DataConstruction",
            [
                "Catalogue", "DuckDB", "Evaluation", "LanguageModels", "Pipeline", "RemoteModels",
                "Tokenization",
            ],
            resources: [.copy("SQL")]),
        module(
            "ReasoningActivation", folder: "Stage2-ReasoningActivation",
            [
                "Evaluation", "LanguageModels", "Pipeline", "RemoteModels", "Tokenization", "Torch",
                "TorchNN",
            ]),
        module(
            "Collaboration", folder: "Stage3-Collaboration",
            [
                "Catalogue", "Evaluation", "LanguageModels", "ModelFiles", "Pipeline", "RankingModels",
                "Tokenization", "Torch", "TorchNN",
            ]),
        module(
            "Ranking", folder: "Stage4-Ranking",
            [
                "Catalogue", "DuckDB", "Evaluation", "LanguageModels", "ModelFiles", "Pipeline",
                "RankingModels",
                "RemoteModels", "Torch", "VectorSearch",
            ]),
        module(
            "ModelEvaluation", folder: "Stage5-Evaluation",
            ["Catalogue", "Evaluation", "LanguageModels", "Pipeline", "RankingModels", "RemoteModels"]),
        // Level 6
        module(
            "RankingExperiment",
            [
                "Evaluation", "LanguageModels", "ModelFiles", "Pipeline", "Ranking", "RankingModels", "Torch",
            ]),
        module("Report", ["Evaluation", "Pipeline", "Results"], resources: [.copy("Page")]),
        module(
            "Benchmarks",
            [
                "Collaboration", "Evaluation", "LanguageModels", "Pipeline", "Ranking", "RankingModels",
                "ReasoningActivation", "Tokenization", "Torch", "TorchNN", "VectorSearch",
            ]),
        // Level 7
        module(
            "Workflow",
            [
                "Collaboration", "DataConstruction", "LanguageModels", "ModelEvaluation", "Pipeline",
                "Ranking",
                "RankingExperiment", "ReasoningActivation", "Report", "Torch",
            ]),
        // Level 8
        module(
            "Reproduction",
            [
                "Catalogue", "Collaboration", "DataConstruction", "Evaluation", "ModelEvaluation", "Pipeline",
                "Ranking", "RankingExperiment", "ReasoningActivation", "Results", "Workflow",
            ]),
        module(
            "RankingServer",
            [
                "CRedis", "DataConstruction", "Evaluation", "LanguageModels", "ModelFiles", "Pipeline",
                "Ranking",
                "RankingExperiment", "RankingModels", "Results", "Tokenization", "Torch", "VectorSearch",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], resources: [.copy("Page")]),
        // Level 9: the programs, and the flags that they share
        module(
            "CommandOptions",
            ["Pipeline", "Torch", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        .executableTarget(
            name: "taiji-bench",
            dependencies: [
                "Benchmarks", "CommandOptions", "LanguageModels", "Pipeline", "Torch", "VectorSearch",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/taiji-bench", swiftSettings: swiftSettings),
        .executableTarget(
            name: "taiji-serve",
            dependencies: [
                "Pipeline", "RankingServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/taiji-serve", swiftSettings: swiftSettings),
        .executableTarget(
            name: "taiji",
            dependencies: [
                "CBuild", "Collaboration", "CommandOptions", "DataConstruction", "DuckDB", "LanguageModels",
                "ModelEvaluation", "Pipeline", "Ranking", "ReasoningActivation", "RemoteModels", "Report",
                "Reproduction", "Tokenization", "Torch", "TorchNN", "VectorSearch", "Workflow",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/taiji", swiftSettings: swiftSettings),
        // Tests
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
        .target(
            name: "RunFixtures", dependencies: ["ModelFiles", "Pipeline", "TestSupport", "Torch"],
            path: "Tests/RunFixtures",
            swiftSettings: swiftSettings),
        tests("ModelFiles", ["ModelFiles"]),
        tests("Torch", ["ModelFiles", "Torch"]),
        tests("TorchNN", ["ModelFiles", "Torch", "TorchNN"]),
        tests("Tokenization", ["Tokenization"], exclude: ["Golden"]),
        tests(
            "LanguageModels",
            ["LanguageModels", "ModelFiles", "Pipeline", "Tokenization", "Torch", "TorchNN"]),
        tests("Pipeline", ["Pipeline"]),
        tests("Evaluation", ["Evaluation", "Pipeline"]),
        tests("Results", ["Evaluation", "Pipeline", "Results"]),
        tests("DuckDB", ["DuckDB"]),
        tests("RemoteModels", ["LanguageModels", "Pipeline", "RemoteModels", "RunFixtures"]),
        tests("VectorSearch", ["CFaiss", "Pipeline", "VectorSearch"]),
        tests(
            "RankingModels",
            ["DuckDB", "ModelFiles", "Pipeline", "RankingModels", "Torch", "TorchNN"]),
        tests("Catalogue", ["Catalogue", "Evaluation", "Pipeline"]),
        tests(
            "DataConstruction", ["DataConstruction", "DuckDB", "Pipeline", "RankingModels", "RunFixtures"]),
        tests(
            "ReasoningActivation",
            ["LanguageModels", "Pipeline", "ReasoningActivation", "RunFixtures", "Torch", "TorchNN"]),
        tests(
            "Collaboration",
            [
                "Catalogue", "Collaboration", "Evaluation", "LanguageModels", "ModelFiles", "Pipeline",
                "RankingModels", "Torch", "TorchNN",
            ]),
        tests(
            "Ranking",
            [
                "DuckDB", "Evaluation", "ModelFiles", "Pipeline", "Ranking", "RankingModels", "Torch",
                "VectorSearch",
            ]),
        tests("RankingExperiment", ["Evaluation", "Pipeline", "RankingExperiment", "RankingModels"]),
        tests("Report", ["Evaluation", "Pipeline", "Report", "Results"]),
        tests("Reproduction", ["Evaluation", "Pipeline", "Reproduction"]),
        tests(
            "Benchmarks",
            [
                "Benchmarks", "LanguageModels", "ModelFiles", "Pipeline", "RankingModels", "Tokenization",
                "Torch", "VectorSearch",
            ]),
        tests("Workflow", ["Torch", "Workflow"]),
        tests("RankingServer", ["Pipeline", "RankingServer"]),
        tests("Convention"),
        tests("EndToEnd", ["Pipeline", "RankingServer", "RunFixtures"]),
    ],
    cxxLanguageStandard: .cxx20
)
