import Testing

@testable import Ranking

@Suite("Parts of a population") struct ShardNameTests {
    @Test("are named by flag, by Slurm and by Kubernetes") func names() throws {
        let flag = try Shard("3/16", environment: [:])
        #expect(flag.index == 3 && flag.count == 16)
        let slurm = try Shard(
            "auto",
            environment: [
                "SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "8",
            ])
        #expect(slurm.index == 4 && slurm.count == 8)
        let kubernetes = try Shard("auto", environment: ["JOB_COMPLETION_INDEX": "0", "TAIJI_SHARDS": "2"])
        #expect(kubernetes.index == 0 && kubernetes.count == 2)
        #expect(throws: (any Error).self) { try Shard("auto", environment: ["JOB_COMPLETION_INDEX": "2"]) }
    }
}
